import bash from "refractor/bash";
import css from "refractor/css";
import diff from "refractor/diff";
import go from "refractor/go";
import java from "refractor/java";
import javascript from "refractor/javascript";
import json from "refractor/json";
import markup from "refractor/markup";
import php from "refractor/php";
import python from "refractor/python";
import ruby from "refractor/ruby";
import rust from "refractor/rust";
import sql from "refractor/sql";
import typescript from "refractor/typescript";
import yaml from "refractor/yaml";
import { refractor } from "refractor/core";

/** A stretch of code of one kind, such as `keyword`; without a kind it is plain. */
export interface CodeToken {
  readonly text: string;
  readonly kind?: string;
}

/** Longer code stays plain: some grammars take more than linear time on text made for that. */
const MAX_LENGTH = 20_000;

/** Prism's tokenizer, which refractor inherits but does not declare. */
interface Tokenizer {
  tokenize(code: string, grammar: unknown): readonly Token[];
}
type Token =
  | string
  | {
      readonly type: string;
      readonly content: Token | readonly Token[];
    };

for (const syntax of [
  bash,
  css,
  diff,
  go,
  java,
  javascript,
  json,
  markup,
  php,
  python,
  ruby,
  rust,
  sql,
  typescript,
  yaml,
])
  refractor.register(syntax);

const aliases: Readonly<Record<string, string>> = {
  cjs: "javascript",
  console: "bash",
  cts: "typescript",
  jsonc: "json",
  jsx: "javascript",
  mjs: "javascript",
  mts: "typescript",
  patch: "diff",
  rs: "rust",
  "shell-session": "bash",
  tsx: "typescript",
  zsh: "bash",
};

/** Prism's many kinds as the few that are told apart by colour. */
const kinds: Readonly<Record<string, string>> = {
  "attr-name": "attribute",
  "attr-value": "string",
  atrule: "keyword",
  boolean: "literal",
  builtin: "type",
  cdata: "comment",
  char: "string",
  "class-name": "type",
  comment: "comment",
  constant: "literal",
  coord: "comment",
  "deleted-arrow": "deleted",
  "deleted-sign": "deleted",
  doctype: "comment",
  function: "function",
  important: "keyword",
  "inserted-arrow": "inserted",
  "inserted-sign": "inserted",
  key: "attribute",
  keyword: "keyword",
  number: "literal",
  operator: "operator",
  prolog: "comment",
  property: "attribute",
  regex: "string",
  selector: "type",
  string: "string",
  symbol: "literal",
  tag: "type",
  "template-string": "string",
  title: "keyword",
  url: "string",
  variable: "attribute",
};

function grammarOf(language: string): unknown {
  const name = language.toLowerCase();
  const known = Object.hasOwn(aliases, name) ? aliases[name]! : name;
  if (!refractor.registered(known)) return undefined;
  const grammar: unknown = refractor.languages[known];
  // Among the grammars are the functions that make them.
  return typeof grammar === "object" ? grammar : undefined;
}

/** Flattens tokens inside each other: the innermost kind that has a colour wins. */
function flatten(
  token: Token | readonly Token[],
  kind: string | undefined,
  into: CodeToken[],
): void {
  if (typeof token === "string") {
    const last = into.at(-1);
    if (last && last.kind === kind)
      into[into.length - 1] = { ...last, text: last.text + token };
    else
      into.push(kind === undefined ? { text: token } : { text: token, kind });
  } else if (Array.isArray(token)) {
    for (const part of token as readonly Token[]) flatten(part, kind, into);
  } else {
    const { type, content } = token as Exclude<Token, string>;
    const own = Object.hasOwn(kinds, type) ? kinds[type] : kind;
    flatten(content, own, into);
  }
}

/** The tokens of code, which together are its text; undefined when the language is not known. */
export function highlight(
  code: string,
  language: string,
): CodeToken[] | undefined {
  const grammar = grammarOf(language);
  if (!grammar || code.length > MAX_LENGTH) return undefined;
  const tokens = (refractor as unknown as Tokenizer).tokenize(code, grammar);
  const flat: CodeToken[] = [];
  flatten(tokens, undefined, flat);
  return flat;
}
