import type { Block } from "./block.ts";
import type { Context } from "./context.ts";
import { TextView } from "./block-views.ts";
import { make } from "./make.ts";

const task = /^\s*\[([ xX])\][ \t\n]+(?=\S)/;

/** Whether a block is an item's first and begins with a box. */
export const isTask = (block: Block): boolean =>
  block.kind === "paragraph" &&
  block.parent?.kind === "item" &&
  block.parent.children[0] === block &&
  task.test(block.text);

/** The text of a task, behind a box that says whether it is done. */
export class TaskView extends TextView {
  readonly #box: HTMLElement;

  constructor(context: Context) {
    const element = make(context.document, "p", { dir: "auto" });
    const box = make(context.document, "input", {
      type: "checkbox",
      disabled: "",
    });
    element.appendChild(box);
    super(element, context, box);
    this.#box = box;
  }

  override draw(block: Block): void {
    const { taskDone, taskOpen } = this.context.options.strings;
    const done = task.exec(block.text)![1] !== " ";
    this.#box.toggleAttribute("checked", done);
    this.#box.setAttribute("aria-label", done ? taskDone : taskOpen);
    super.draw(block);
  }

  override partOf(text: string): string {
    return text.replace(/^\s*\[[ xX]\]\s*/, "");
  }
}
