import type { Block } from "./block.ts";
import type { BlockView } from "./block-views.ts";
import type { Context } from "./context.ts";
import type { Found } from "./inline-nodes.ts";
import type { InlineView } from "./inline-view.ts";
import { readAngle } from "./angles.ts";
import { readAddress, splitMailAddresses } from "./autolinks.ts";
import { Definitions } from "./definitions.ts";
import { decodeEntity, namesLoader } from "./entities.ts";
import { endOfHtml, rawView } from "./html.ts";
import { LongLine } from "./long-line.ts";
import { matchAt } from "./match.ts";
import { picture } from "./pictures.ts";
import { renderCustom } from "./render-custom.ts";
import { CellView, TableView } from "./table-view.ts";
import { presumeTable, takeTableLine } from "./tables.ts";
import { isTask, readBox } from "./tasks.ts";

const reference = /&(?:#x[a-f0-9]{1,6}|#[0-9]{1,7}|[a-z][a-z0-9]{1,31});/iy;
const escapedOrReference = new RegExp(
  `\\\\[!-/:-@[-\`{-~]|${reference.source}`,
  "gi",
);

/**
 * What not every answer needs, for one answer: tables, tasks, raw HTML, bare addresses, character references, links by
 * label, pictures, the page's renderers and very long lines. A chunk of its own, see `load-extras.ts`.
 */
export class Extras {
  readonly definitions: Definitions;
  readonly endOfHtml = endOfHtml;
  readonly isTask = isTask;
  readonly longLine: LongLine;
  readonly picture = picture;
  readonly presumeTable = presumeTable;
  readonly readAddress = readAddress;
  readonly renderCustom = renderCustom;
  readonly splitMailAddresses = splitMailAddresses;
  readonly takeTableLine = takeTableLine;
  readonly #context: Context;
  #reading: InlineView | undefined;
  /** Ends of HTML sections that do not come any more in the text that is read. */
  readonly #absent = new Set<RegExp>();
  /** The texts that have a character reference whose name was not known. */
  readonly #missed = new Set<InlineView>();

  constructor(context: Context) {
    this.#context = context;
    this.definitions = new Definitions();
    this.longLine = new LongLine(context);
  }

  /** The view of a block that has one of its own here. */
  createView({ kind }: Block): BlockView | undefined {
    const context = this.#context;
    if (kind === "table") return new TableView(context);
    return kind === "html" ? rawView(context.document) : undefined;
  }

  /** Says which text is read from now on. */
  read(view: InlineView): void {
    this.#reading = this.definitions.reading = view;
    this.#absent.clear();
  }

  /** The box at the beginning of a task. */
  readBox(text: string, position: number): Found | undefined {
    if (position > 0 || !this.#reading?.isTask) return undefined;
    return readBox(text, this.#context);
  }

  /** What begins with a `<` or a `&`, if that means anything. */
  readMarkup(text: string, position: number): Found | undefined {
    if (text[position] === "&") {
      const found = matchAt(reference, text, position);
      return found === undefined
        ? undefined
        : { part: this.#decode(found), length: found.length };
    }
    const isCell = this.#reading instanceof CellView;
    return readAngle(text, position, isCell, this.#absent);
  }

  /** Text with its backslash escapes and character references replaced. */
  unescape(text: string): string {
    return text.replace(escapedOrReference, (part) =>
      part.startsWith("\\") ? part.slice(1) : this.#decode(part),
    );
  }

  /** What a character reference stands for. The text is read again when its name is loaded. */
  #decode(reference: string): string {
    const text = decodeEntity(reference);
    if (text === undefined && !namesLoader.loaded && this.#reading) {
      if (this.#missed.size === 0)
        namesLoader.load().then(
          () => this.#rereadMissed(),
          // The references stay as they are written, which is how an unknown name looks too.
          () => this.#missed.clear(),
        );
      this.#missed.add(this.#reading);
    }
    return text ?? reference;
  }

  #rereadMissed(): void {
    for (const view of this.#missed) view.reread();
    this.#missed.clear();
  }
}
