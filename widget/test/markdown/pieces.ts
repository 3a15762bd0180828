import fc from "fast-check";

/** Pieces that Markdown gives a meaning to, and that change each other's. */
const pieces = [
  ..."*_`~[]()!<>|\\&#-+=:.\n \t1a",
  ..."\n\n\n   ",
  "**",
  "```",
  "~~~",
  "- ",
  "1. ",
  "> ",
  "\n\n",
  "    ",
  "|--|--|\n",
  "| a | b |\n",
  "[a]: /x\n",
  "[a]",
  "[a](/b)",
  "![a](/b)",
  "<b>",
  "<!--",
  "-->",
  "&amp;",
  "http://a.b/c",
  "](http://a.b/c)",
  "](/b",
  "www.a.b",
  "mailto:",
  "a@b.c",
  "[ ] ",
  "[x] ",
  "\r\n",
  "\r",
  "word ",
  "# ",
  "---\n",
  "===\n",
];

const piecesUpTo = (maxLength: number) =>
  fc
    .array(fc.constantFrom(...pieces), { minLength: 1, maxLength })
    .map((parts) => parts.join(""));

/** Texts made of such pieces. */
export const markdown = piecesUpTo(30);

/** Texts that often hold nothing rare. */
export const shortMarkdown = piecesUpTo(6);
