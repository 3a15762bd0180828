/** Icons as path data on a 24 × 24 grid, drawn as strokes. They are decoration: whatever shows one is named in words. */
export const icons = {
  chat: "M4 5.5h16v11h-8.5L7 20v-3.5H4z M8 9.5h8 M8 12.5h5",
  close: "M6 6l12 12 M18 6L6 18",
  down: "M6 9.5l6 6 6-6",
  spark:
    "M12 3.5c.7 4.6 3.2 7.3 8 8-4.800.7-7.300 3.400-8 8-.7-4.600-3.200-7.300-8-8 4.800-.7 7.300-3.400 8-8z",
  compose: "M12.500 5H5.500v13.500H19v-7 M17.500 4l2.500 2.500-8 8H9.500V12z",
  send: "M12 19V5.500 M6 11l6-6 6 6",
  stop: "M8 8h8v8H8z",
  retry: "M19 12a7 7 0 1 1-2.050-4.950L19 9 M19 4.500V9h-4.500",
  edit: "M5 19l.8-3.800L16 5l3 3L8.800 18.200z M14 7l3 3",
  copy: "M9 9h10v10H9z M15 9V5H5v10h4",
  check: "M5 12.500l4.500 4.500L19 7.500",
  up: "M7 11l4-7c1.500 0 2.300 1 2 2.500L12.500 9.500H18c1.200 0 2 1 1.700 2.200l-1.400 6c-.2.8-.9 1.300-1.700 1.300H7z M7 11H4v8h3",
  thumbsDown:
    "M17 13l-4 7c-1.500 0-2.300-1-2-2.500l.5-3H6c-1.200 0-2-1-1.700-2.200l1.400-6C5.900 5.500 6.600 5 7.400 5H17z M17 13h3V5h-3",
  warning: "M12 4.500l8.500 15h-17z M12 10v4.500 M12 17v.3",
  clock: "M12 4a8 8 0 1 0 0 16a8 8 0 0 0 0-16z M12 8v4.500l3 2",
} as const;

export type IconName = keyof typeof icons;

/** An icon as a node, for the part of the element that does without Lit. */
export function iconNode(name: IconName): SVGSVGElement {
  const namespace = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(namespace, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(namespace, "path");
  path.setAttribute("d", icons[name]);
  svg.append(path);
  return svg;
}
