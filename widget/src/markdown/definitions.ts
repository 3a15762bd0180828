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

/**
 * The targets that links refer to by label, and the texts that wait for one. The first definition of a label counts.
 * Definitions of text that is taken in for show are withdrawn with it.
 */
export class Definitions {
  /** The text that is read now. */
  reading: InlineView | undefined;
  /** By label, for good and for show. */
  readonly #targets = new Map<string, Target>();
  readonly #shown = new Map<string, Target>();
  #forShow = false;
  /** Labels that were defined for good since they were last looked up for those who wait. */
  #added: string[] = [];
  /** The texts that have a label without a definition, by label. */
  readonly #waiting = new Map<string, Set<InlineView>>();
  readonly #rereads = new WeakMap<InlineView, number>();
  /** The texts that are read again at the end only. */
  readonly #late = new Set<InlineView>();
  /** The open paragraph, and how much of it was read as definitions for good. */
  #defining: { readonly paragraph: Block; end: number } | undefined;

  /** Undoes what was defined for show. */
  withdraw(): void {
    this.#shown.clear();
    this.#forShow = false;
  }

  /** Reads those texts again that waited for one of the new definitions. What is defined from now on is for show. */
  resolve(final: boolean): void {
    const views = new Set<InlineView>();
    for (const added of this.#added) {
      for (const view of this.#waiting.get(added) ?? []) views.add(view);
      this.#waiting.delete(added);
    }
    this.#added = [];
    if (final) for (const view of this.#late) views.add(view);
    for (const view of views) {
      const count = this.#rereads.get(view) ?? 0;
      this.#rereads.set(view, count + 1);
      if (final || count < MAX_REREADS) view.reread();
      else this.#late.add(view);
    }
    this.#forShow = true;
  }

  /** Takes the definitions off a paragraph's beginning; what remains may be nothing. */
  take(paragraph: Block): void {
    const { text } = paragraph;
    let end = 0;
    for (let found; (found = definitionAt(text, end));) {
      const { label, target } = found;
      ({ end } = target);
      const targets = this.#forShow ? this.#shown : this.#targets;
      if (!targets.has(label)) targets.set(label, target);
      if (!this.#forShow) this.#added.push(label);
    }
    paragraph.text = text.slice(end);
  }

  /** What an open paragraph's text shows: no definitions, nor what may become one. */
  without(paragraph: Block): string {
    const text = paragraph.text.slice(this.#lengthIn(paragraph));
    return openDefinition.test(text) ? "" : text;
  }

  /**
   * How much of the open paragraph's text is definitions so far. All but the last one are read only once; the
   * last may still get a title.
   */
  #lengthIn(paragraph: Block): number {
    if (this.#defining?.paragraph !== paragraph)
      this.#defining = { paragraph, end: 0 };
    let { end } = this.#defining;
    for (let found; (found = definitionAt(paragraph.text, end));) {
      this.#defining.end = end;
      ({ end } = found.target);
    }
    return end;
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
    const target = this.#targets.get(key) ?? this.#shown.get(key);
    if (target) return { ...target, end: after + written.length };
    const views = this.#waiting.get(key);
    if (views) views.add(this.reading!);
    else this.#waiting.set(key, new Set([this.reading!]));
    return undefined;
  }
}
