import type { Block } from "./block.ts";
import type { InlineView } from "./inline-view.ts";
import type { FoundTarget, Target } from "./links.ts";
import { targetAt } from "./links.ts";
import { matchAt } from "./match.ts";

/** A definition, such as `[label]: address "title"`. */
interface Definition {
  readonly label: string;
  readonly target: FoundTarget;
}

/** How often a finished text is read again for new definitions before the whole answer is there. */
const MAX_REREADS = 8;

const label = /\[(?:[^\\[\]]|\\.){0,1000}\]/sy;
const lineEnd = /[ \t]*(?:\n|$)/y;

/** A definition whose end is not there yet, or text in brackets that may become one. */
const openDefinition =
  /^\[[^[\]]{0,60}\]?$|^\[(?:[^\\[\]]|\\.){1,999}\]:[^\n]*$/;

/** As CommonMark compares labels: case folded, spaces collapsed. */
const normalizeLabel = (written: string): string =>
  written
    .slice(1, -1)
    .trim()
    .replace(/[ \t\r\n]+/g, " ")
    .toLowerCase()
    .toUpperCase();

function definitionAt(text: string, from: number): Definition | undefined {
  const written = matchAt(label, text, from);
  const after = from + (written?.length ?? 0);
  if (!written || text[after] !== ":") return undefined;
  const normalized = normalizeLabel(written);
  const target = targetAt(text, after + 1, lineEnd);
  return target && normalized ? { label: normalized, target } : undefined;
}

/** The targets that links refer to by label, and the texts that wait for one. The first definition of a label counts. */
export class Definitions {
  /** The text that is read now. */
  reading: InlineView | undefined;
  readonly #targets = new Map<string, Target>();
  /** Labels that were defined since they were last looked up for those who wait. */
  #added: string[] = [];
  /** The texts that have a label without a definition, by label. */
  readonly #waiting = new Map<string, Set<InlineView>>();
  /** How often those were read again that did not wait in vain. */
  readonly #rereads = new Map<InlineView, number>();
  /** The last paragraph that was looked at, and where the last definition at its beginning begins. */
  #paragraph: Block | undefined;
  #last = 0;

  /** Reads those texts again that waited for one of the new definitions; all that are left when no more will come. */
  resolve(final: boolean): void {
    const views = new Set<InlineView>();
    for (const label of this.#added) {
      for (const view of this.#waiting.get(label) ?? []) views.add(view);
      this.#waiting.delete(label);
    }
    this.#added = [];
    if (final)
      for (const [view, count] of this.#rereads)
        if (count > MAX_REREADS) views.add(view);
    for (const view of views) {
      const count = (this.#rereads.get(view) ?? 0) + 1;
      this.#rereads.set(view, count);
      if (final || count <= MAX_REREADS) view.reread();
    }
  }

  /** Takes the definitions off the beginning of a paragraph that is complete; what remains may be nothing. */
  take(paragraph: Block): void {
    paragraph.text = this.#textBehind(paragraph, true);
    this.#paragraph = undefined;
  }

  /** What an open paragraph's text shows: no definitions, nor what may become one. */
  without(paragraph: Block): string {
    const text = this.#textBehind(paragraph, false);
    return openDefinition.test(text) ? "" : text;
  }

  /** The text behind a paragraph's definitions. Each counts, and is not read again, once nothing can change it any more. */
  #textBehind(paragraph: Block, isComplete: boolean): string {
    const { text } = paragraph;
    if (this.#paragraph !== paragraph) {
      this.#paragraph = paragraph;
      this.#last = 0;
    }
    let end = this.#last;
    let last: Definition | undefined;
    for (let found; (found = definitionAt(text, end));) {
      this.#define(last);
      last = found;
      this.#last = end;
      ({ end } = found.target);
    }
    // The last one of a paragraph that goes on may still get a title.
    if (isComplete) this.#define(last);
    return text.slice(end);
  }

  #define(definition: Definition | undefined): void {
    if (!definition || this.#targets.has(definition.label)) return;
    this.#targets.set(definition.label, definition.target);
    this.#added.push(definition.label);
  }

  /**
   * What the label behind a bracketed text refers to, or the text itself, which begins at `from` and ends before `after`,
   * unless brackets are `nested` in it.
   */
  targetAt(
    text: string,
    from: number,
    after: number,
    nested: boolean,
  ): FoundTarget | undefined {
    const written = matchAt(label, text, after) ?? "";
    let key;
    if (written.length > 2) key = normalizeLabel(written);
    else if (!nested) key = normalizeLabel(text.slice(from, after));
    if (!key) return undefined;
    const target = this.#targets.get(key);
    if (target) return { ...target, end: after + written.length };
    const views = this.#waiting.get(key);
    if (views) views.add(this.reading!);
    else this.#waiting.set(key, new Set([this.reading!]));
    return undefined;
  }
}
