/** The icons of the launcher; the others come with the panel. */
export const launcherIcons = {
  chat: "M4 5.5h16v11h-8.5L7 20v-3.5H4z M8 9.5h8 M8 12.5h5",
  down: "M6 9.5l6 6 6-6",
} as const;

/** An icon as a node, for the part of the element that does without Lit. */
export function iconNode(name: keyof typeof launcherIcons): SVGSVGElement {
  const namespace = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(namespace, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(namespace, "path");
  path.setAttribute("d", launcherIcons[name]);
  svg.append(path);
  return svg;
}
