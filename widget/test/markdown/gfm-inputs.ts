/**
 * More inputs for what GFM adds to CommonMark than its specification has examples, section by section. What they should
 * look like is asked of GitHub's own parser.
 */
export const gfmInputs: Readonly<Record<string, readonly string[]>> = {
  tables: [
    "| foo | bar |\n| --- | --- |\n| baz | bim |\n",
    "| abc | defghi |\n:-: | -----------:\nbar | baz\n",
    "| f\\|oo  |\n| ------ |\n| b `\\|` az |\n| b **\\|** im |\n",
    "| abc | def |\n| --- | --- |\n| bar | baz |\n> bar\n",
    "| abc | def |\n| --- | --- |\n| bar | baz |\nbar\n\nbar\n",
    "| abc | def |\n| --- |\n| bar |\n",
    "| abc | def |\n| --- | --- |\n| bar |\n| bar | baz | boo |\n",
    "| abc | def |\n| --- | --- |\n",
    "a | b\n--|--\n1 | 2\n",
    "- | a | b |\n  |---|---|\n  | 1 | 2 |\n- next\n",
    "> | a |\n> |---|\n> | 1 |\n| 2 |\n",
    "| a |\n|---|\n| 1 |\n# heading\n",
    "| a |\n|---|\n| 1 |\n---\n",
    "| a |\n|---|\n| 1 |\n- item\n",
    "| a |\n|---|\n| 1 |\n```\ncode\n```\n",
    "| `a` | *b* | [c](/d) |\n|:--|:-:|--:|\n| **x** | ~~y~~ | z |\n",
    "|a|\n|-|\n||\n|x\n",
    "| a | b\n|---|---\n| 1 | 2\n",
    "|  |\n|--|\n",
    "|---|\n",
    "| a |\n| - - |\n",
  ],
  strikethrough: [
    "~~Hi~~ Hello, ~there~ world!\n",
    "This ~~has a\n\nnew paragraph~~.\n",
    "~~a **b** c~~ **~~d~~**\n",
    "a~~b~~c ~~ d ~~\n",
    "**a ~~b** c~~\n",
  ],
  autolinks: [
    "www.commonmark.org\n",
    "Visit www.commonmark.org/help for more information.\n",
    "Visit www.commonmark.org.\n\nVisit www.commonmark.org/a.b.\n",
    "www.google.com/search?q=Markup+(business)\n\nwww.google.com/search?q=Markup+(business)))\n\n(www.google.com/search?q=Markup+(business))\n\n(www.google.com/search?q=Markup+(business)\n",
    "www.google.com/search?q=(business))+ok\n",
    "www.google.com/search?q=commonmark&hl=en\n\nwww.google.com/search?q=commonmark&hl;\n",
    "www.commonmark.org/he<lp\n",
    "http://commonmark.org\n\n(Visit https://encrypted.google.com/search?q=Markup+(business))\n",
    "foo@bar.baz\n",
    "hello@mail+xyz.example isn't valid, but hello+xyz@mail.example is.\n",
    "a.b-c_d@a.b\n\na.b-c_d@a.b.\n\na.b-c_d@a.b-\n\na.b-c_d@a.b_\n",
    "http://localhost:3000/x?y=1#z, then\n",
    "*https://a.example/x_y_z* and **www.b.example**\n",
    "[text](https://a.example) https://b.example\n",
    "https://a.example/__init__.py and `https://c.example`\n",
    "xhttps://a.example wwww.b.example\n",
  ],
};

/** What came to GitHub's parser after the version that the tests can run. */
export const newerInputs: readonly (readonly [
  markdown: string,
  html: string,
])[] = [
  [
    "- [ ] foo\n- [x] bar\n",
    '<ul><li><input type="checkbox" disabled="" /> foo</li><li><input type="checkbox" disabled="" checked="" /> bar</li></ul>',
  ],
  [
    "- [x] foo\n  - [ ] bar\n  - [x] baz\n- [ ] bim\n",
    '<ul><li><input type="checkbox" disabled="" checked="" /> foo<ul><li><input type="checkbox" disabled="" /> bar</li><li><input type="checkbox" disabled="" checked="" /> baz</li></ul></li><li><input type="checkbox" disabled="" /> bim</li></ul>',
  ],
  [
    "- [x](y)\n- [y]\n- []\n",
    '<ul><li><a href="y">x</a></li><li>[y]</li><li>[]</li></ul>',
  ],
  [
    "1. [X] one\n",
    '<ol><li><input type="checkbox" disabled="" checked="" /> one</li></ol>',
  ],
  [
    "before\n| a | b |\n|---|---|\n| 1 | 2 |\n",
    "<p>before</p><table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>",
  ],
  [
    "| a<BR />b |\n|---|\n| c<br>d |\n",
    "<table><thead><tr><th>a<br>b</th></tr></thead><tbody><tr><td>c<br>d</td></tr></tbody></table>",
  ],
  ["\\~~a~~\n", "<p>~~a~~</p>"],
  ["~~a~ b\n", "<p>~~a~ b</p>"],
  ["a ~~~b~~~\n", "<p>a ~~~b~~~</p>"],
];
