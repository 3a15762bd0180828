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

/** Texts made of such pieces. */
export const markdown = fc
  .array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 30 })
  .map((parts) => parts.join(""));
