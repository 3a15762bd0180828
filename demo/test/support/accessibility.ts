/** What a screen reader finds on a page: the accessibility tree as text, and what live regions say. */
import type { Page, Protocol } from "puppeteer-core";

type Node = Protocol.Accessibility.AXNode;

/** Roles that only group others, and say nothing by themselves. */
const SILENT = new Set(["none", "generic", "InlineTextBox", "LineBreak"]);

/** States that are told with a role and a name, where they are set. */
const STATES = [
  "focused",
  "busy",
  "live",
  "modal",
  "expanded",
  "pressed",
  "checked",
  "disabled",
  "invalid",
  "level",
];

/** The tree below the first node with this role, one line a node. */
export async function treeBelow(page: Page, role: string): Promise<string> {
  const session = await page.createCDPSession();
  try {
    const { nodes } = await session.send("Accessibility.getFullAXTree");
    const byId = new Map(nodes.map((node) => [node.nodeId, node]));
    const top = nodes.find((node) => !node.ignored && roleOf(node) === role);
    if (!top) throw new Error(`Nothing on the page has the role ${role}.`);
    return [...linesOf(top, byId, "")].join("\n");
  } finally {
    await session.detach();
  }
}

const roleOf = ({ role }: Node): string => String(role?.value ?? "none");

function* linesOf(
  node: Node,
  byId: ReadonlyMap<string, Node>,
  indent: string,
): Generator<string> {
  const silent = node.ignored || SILENT.has(roleOf(node));
  if (!silent) yield `${indent}${describe(node)}`;
  // A text of its own is all that there is to it.
  if (roleOf(node) === "StaticText") return;
  for (const id of node.childIds ?? []) {
    const child = byId.get(id);
    if (child) yield* linesOf(child, byId, silent ? indent : `${indent}  `);
  }
}

function describe(node: Node): string {
  const name = String(node.name?.value ?? "");
  if (roleOf(node) === "StaticText") return JSON.stringify(name);
  const states = (node.properties ?? []).flatMap(({ name: state, value }) => {
    const told = String(value.value);
    if (!STATES.includes(state) || told === "false" || told === "") return [];
    return [told === "true" ? state : `${state}=${told}`];
  });
  return [
    roleOf(node),
    name && JSON.stringify(name),
    states.length > 0 && `(${states.join(", ")})`,
  ]
    .filter(Boolean)
    .join(" ");
}

/** Follows the live regions of the chat. Gives a function that tells what they have said since it was last asked. */
export async function listen(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const said: string[] = [];
    Object.assign(window, { said });
    const { shadowRoot } = document.querySelector("bedrock-chat")!;
    for (const region of shadowRoot!.querySelectorAll("[aria-live]")) {
      const how = region.getAttribute("aria-live")!;
      if (how === "off") continue;
      new MutationObserver(() =>
        said.push(`${how}: ${JSON.stringify(region.textContent)}`),
      ).observe(region, { childList: true, characterData: true });
    }
  });
  return () =>
    page.evaluate(() =>
      (window as unknown as { said: string[] }).said.splice(0),
    );
}
