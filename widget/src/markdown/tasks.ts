import type { Block } from "./block.ts";
import type { Context } from "./context.ts";
import type { Found } from "./inline-nodes.ts";

const task = /^\s*\[[ xX]\][ \t\n]+\S/;
const box = /^\[([ xX])\]\s*/;

/** Whether a block is an item's first and begins with a box. */
export const isTask = (block: Block): boolean =>
  block.kind === "paragraph" &&
  block.parent?.kind === "item" &&
  block.parent.children[0] === block &&
  task.test(block.text);

/** The box that a task's text begins with. */
export function readBox(text: string, { options }: Context): Found {
  const { taskDone, taskOpen } = options.strings;
  const [{ length }, mark] = box.exec(text)!;
  const isDone = mark !== " ";
  const attributes = {
    type: "checkbox",
    disabled: "",
    ...(isDone && { checked: "" }),
    "aria-label": isDone ? taskDone : taskOpen,
  };
  return { part: { tag: "input", children: [], attributes }, length };
}
