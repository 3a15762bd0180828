import type { Context } from "./context.ts";
import type { Found, Part } from "./inline-nodes.ts";
import type { Target } from "./links.ts";
import { closeOpenEmphasis, isOpener, resolveEmphasis } from "./emphasis.ts";
import { escapable, inlineTargetAt } from "./links.ts";
import { lineBreak } from "./inline-nodes.ts";
import { matchAt } from "./match.ts";
import { encodeAddress } from "./urls.ts";

/** A piece of text this long ends at the next space where nothing is open, and is never read again. */
const PIECE = 2_048;

/** Ordinary text is read in steps of at most this length. */
const STEP = 1_024;

/** Brackets open at one time; more are text. It bounds what each closing bracket has to look at. */
const MAX_BRACKETS = 256;

/** A link's text that is still open further back than this is more likely a lone bracket. */
const LONGEST_OPEN_LINK = 200;

/** Emphasis that is still open further back than this is more likely a lone asterisk. */
const LONGEST_OPEN_EMPHASIS = 1_000;

/** What may follow a link's text while its address is being written. */
const unfinishedAddress =
  /^(?:\[[^[\]]{0,200}|\(\s*(?:<[^<>\n]*>?|[^\s<]\S*)?(?:\s+(?:"[^"]*"?|'[^']*'?|\([^()]*\)?)?)?\s*)?$/;

const escape = /\\([!-/:-@[-`{-~])/g;
const plain = new RegExp(`[^\\n\`[\\]\\\\!<&*_~]{1,${STEP}}`, "y");
const delimiters = /\*+|_+|~+/y;
const ticks = /`+/g;
const whitespace = /\s/;
const punctuation = /[!-/:-@[-`{-~\p{P}\p{S}]/u;

/** What can stand beside a marker: space, punctuation or a word. */
const kindOf = (character: string): 0 | 1 | 2 =>
  whitespace.test(character) ? 0 : punctuation.test(character) ? 1 : 2;

const literally = (part: string): Found => ({ part, length: part.length });

/** What was read, up to `end`. */
export interface Piece {
  readonly parts: readonly Part[];
  /** Less than the text's length when this piece is complete and the next one begins there. */
  readonly end: number;
}

/** A bracket that may begin a link or a picture. */
interface Bracket {
  readonly image: boolean;
  /** Where it stands in the text. */
  readonly from: number;
  /** Where it stands among the parts. */
  readonly at: number;
  /** False when a link would come to lie in a link. */
  active: boolean;
  /** Whether another one was opened after it: then what it holds is no label. */
  nested: boolean;
}

/**
 * Reads the inline text of CommonMark and GFM: in pieces, with text shown whose end is yet to come, and in time in
 * proportion to the text however hostile that is.
 */
export class InlineReader {
  readonly #context: Context;
  #text = "";
  #position = 0;
  #parts: Part[] = [];
  #brackets: Bracket[] = [];
  #growing = false;
  #start = 0;
  #end = 0;
  /** Where the piece may end at the earliest. */
  #nextTry = 0;
  /** A run of backticks without a partner so far: more text may make code of what follows it. */
  #codeMayBeOpen = false;
  /** Where the last run of backticks of each length stands behind the first that was met. */
  #lastRuns: Map<number, number> | undefined;

  constructor(context: Context) {
    this.#context = context;
  }

  /**
   * Reads one piece of `text` from `from` on. `growing` says that more text is expected: open markers are shown as if they
   * were closed.
   */
  read(text: string, from: number, growing: boolean): Piece {
    if (text !== this.#text || from < this.#start) this.#lastRuns = undefined;
    this.#growing = growing;
    this.#text = text;
    this.#position = this.#start = from;
    this.#end = text.length;
    this.#nextTry = from + PIECE;
    this.#codeMayBeOpen = false;
    this.#parts = [];
    this.#brackets = [];
    while (this.#position < this.#end) {
      const { part, length } =
        this.#readNext() ?? literally(text[this.#position]!);
      this.#parts.push(part);
      this.#position += length;
    }
    const isOpen = growing && this.#end === text.length;
    if (isOpen) this.#showOpenLinks();
    resolveEmphasis(this.#parts);
    if (isOpen && text.length - from <= LONGEST_OPEN_EMPHASIS)
      closeOpenEmphasis(this.#parts);
    this.#context.parsedCharacters += this.#position - from;
    return { parts: this.#parts, end: this.#position };
  }

  /** Text with its backslash escapes and character references replaced. */
  unescape(text: string): string {
    const { extras } = this.#context;
    return extras?.unescape(text) ?? text.replace(escape, "$1");
  }

  /** What begins at the position; undefined when that is only a character. */
  #readNext(): Found | undefined {
    switch (this.#text[this.#position]) {
      case "\n":
        return this.#readLineEnd();
      case "\\":
        return this.#readBackslash();
      case "`":
        return this.#readCode();
      case "*":
      case "_":
      case "~":
        return this.#readDelimiters();
      case "[":
        return (
          this.#context.extras?.readBox(this.#text, this.#position) ??
          this.#openBracket("[")
        );
      case "!":
        return this.#context.extras && this.#text[this.#position + 1] === "["
          ? this.#openBracket("![")
          : undefined;
      case "]":
        return this.#closeBracket();
      case "<":
      case "&":
        return this.#context.extras?.readMarkup(this.#text, this.#position);
      default:
        return this.#readText();
    }
  }

  #match(pattern: RegExp): string | undefined {
    return matchAt(pattern, this.#text, this.#position);
  }

  #readLineEnd(): Found {
    const before = this.#parts.at(-1);
    let isBreak = false;
    if (typeof before === "string") {
      isBreak = before.endsWith("  ");
      this.#parts[this.#parts.length - 1] = before.replace(/ +$/, "");
    }
    const { length } = this.#match(/\n */y)!;
    return { part: isBreak ? lineBreak : "\n", length };
  }

  #readBackslash(): Found | undefined {
    const next = this.#text[this.#position + 1] ?? "";
    if (next === "\n") return { part: lineBreak, length: 2 };
    return escapable.test(next) ? { part: next, length: 2 } : undefined;
  }

  #readDelimiters(): Found {
    const run = this.#match(delimiters)!;
    const { length } = run;
    // GFM: one or two tildes strike through, more are text.
    if (run.startsWith("~~~")) return literally(run);
    const character = run[0]!;
    const before = kindOf(this.#text[this.#position - 1] ?? "\n");
    const after = kindOf(this.#text[this.#position + length] ?? "\n");
    const isInWord = character === "_" && before + after === 4;
    const part = {
      character,
      length,
      count: length,
      opens: after > 0 && after >= before && !isInWord,
      closes: before > 0 && before >= after && !isInWord,
    };
    return { part, length };
  }

  #readCode(): Found {
    const text = this.#text;
    const run = this.#match(ticks)!;
    const begin = this.#position + run.length;
    // The search begins where the last match ended.
    this.#lastRuns ??= new Map(
      [...text.matchAll(ticks)].map((run) => [run[0].length, run.index]),
    );
    let code;
    if (this.#lastRuns.get(run.length)! >= begin) {
      ticks.lastIndex = begin;
      let end;
      do end = ticks.exec(text)!;
      while (end[0].length !== run.length);
      code = text.slice(begin, end.index).replaceAll("\n", " ");
      if (/^ .* $/.test(code) && /[^ ]/.test(code)) code = code.slice(1, -1);
    } else {
      this.#codeMayBeOpen = true;
      code = text.slice(begin);
      if (!this.#growing || code.includes("\n")) return literally(run);
      code = code.replace(/^ (?=[^ ])/, "");
      ticks.lastIndex = text.length;
    }
    return {
      part: { tag: "code", children: [code] },
      length: ticks.lastIndex - this.#position,
    };
  }

  #openBracket(marker: string): Found {
    const brackets = this.#brackets;
    if (brackets.length < MAX_BRACKETS) {
      const last = brackets.at(-1);
      if (last) last.nested = true;
      brackets.push({
        image: marker !== "[",
        from: this.#position + marker.length - 1,
        at: this.#parts.length,
        active: true,
        nested: false,
      });
    }
    return literally(marker);
  }

  #closeBracket(): Found | undefined {
    const bracket = this.#brackets.pop();
    if (!bracket?.active) return undefined;
    const text = this.#text;
    const after = this.#position + 1;
    const target =
      inlineTargetAt(text, after) ??
      this.#context.extras?.definitions.targetAt(
        text,
        bracket.from,
        after,
        bracket.nested,
      );
    const isOpenEnded =
      !target &&
      this.#growing &&
      unfinishedAddress.test(text.slice(after, after + 2_048));
    if (!target && !isOpenEnded) return undefined;
    const end = target ? target.end : text.length;
    return {
      part: this.#link(bracket, target),
      length: end - this.#position,
    };
  }

  /** Makes a link or picture of what follows an opening bracket. */
  #link({ image, at }: Bracket, target?: Target): Part {
    const children = this.#parts.splice(at).slice(1);
    resolveEmphasis(children);
    // There are no links in links.
    if (!image && target)
      for (const outer of this.#brackets)
        if (!outer.image) outer.active = false;
    return {
      tag: image ? "img" : "a",
      children,
      target: target && {
        destination: encodeAddress(this.unescape(target.destination)),
        title: this.unescape(target.title),
      },
    };
  }

  /** While text is coming: a link whose text is not closed yet shows its text, without the bracket. */
  #showOpenLinks(): void {
    for (const bracket of this.#brackets.splice(-2).reverse()) {
      const text = this.#text.slice(bracket.from);
      if (text.length > LONGEST_OPEN_LINK || text.includes("\n")) return;
      if (bracket.active) this.#parts.push(this.#link(bracket));
    }
  }

  /**
   * Whether a piece may end here: nothing before can be changed by what comes later. Pairs of markers are
   * resolved to find out, which later text cannot undo; when some stay open, the next try is twice as far on.
   */
  #nothingIsOpen(): boolean {
    if (
      this.#position < this.#nextTry ||
      this.#codeMayBeOpen ||
      this.#brackets.length > 0
    )
      return false;
    resolveEmphasis(this.#parts);
    if (!this.#parts.some(isOpener)) return true;
    this.#nextTry = 2 * this.#position - this.#start;
    return false;
  }

  /** Ordinary text up to the next special character, address or end of the piece. */
  #readText(): Found | undefined {
    const run = this.#match(plain);
    if (!run) return undefined;
    const found = this.#context.extras?.readAddress(
      this.#text,
      this.#position,
      run,
      this.#brackets.length > 0,
    );
    if (found && typeof found.part !== "string") return found;
    let { length } = found ?? run;
    const word = /^[^ ]* (?=[^ ])/.exec(run)?.[0].length;
    if (word !== undefined && word <= length && this.#nothingIsOpen()) {
      length = word;
      this.#end = this.#position + word;
    }
    return literally(run.slice(0, length));
  }
}
