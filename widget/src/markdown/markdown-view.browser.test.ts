import { assert, aTimeout, fixture, html, waitUntil } from "@open-wc/testing";
import { markdownOptions } from "../../test/markdown/options.ts";
import { extrasLoader } from "./load-extras.ts";
import { Loader } from "./loader.ts";
import { MarkdownView } from "./markdown-view.ts";
import type { MarkdownOptions } from "./markdown-view.ts";
import { markdownStyles } from "./markdown.styles.ts";

/** As in a page: code gets its colours. */
const options: MarkdownOptions = { ...markdownOptions, colour: undefined };

before(() => extrasLoader.load());

async function createHost(): Promise<HTMLElement> {
  const outer = await fixture<HTMLElement>(html`<div></div>`);
  const host = document.createElement("div");
  outer.attachShadow({ mode: "open" }).append(host);
  return host;
}

async function show(
  text: string,
  more: Partial<MarkdownOptions> = {},
): Promise<HTMLElement> {
  const host = await createHost();
  new MarkdownView(host, { ...options, ...more }).update(text, true);
  return host;
}

/** What is selected, in shadow trees too: where that begins, and the text. */
function selectionIn(host: HTMLElement): { node: Node; text: string } {
  const shadowRoots = [host.getRootNode() as ShadowRoot];
  const [selected] = getSelection()!.getComposedRanges({ shadowRoots });
  const { startContainer, startOffset, endContainer, endOffset } = selected!;
  const range = document.createRange();
  range.setStart(startContainer, startOffset);
  range.setEnd(endContainer, endOffset);
  return { node: startContainer, text: String(range) };
}

function select(text: Text, from: number, to: number): void {
  getSelection()!.setBaseAndExtent(text, from, text, to);
}

const firstText = (element: Element): Text =>
  document.createTreeWalker(element, NodeFilter.SHOW_TEXT).nextNode() as Text;

describe("a growing answer", () => {
  it("keeps what is selected in a finished block and in the growing one", async () => {
    const host = await createHost();
    const view = new MarkdownView(host, options);
    const text = "Finished.\n\n- one\n- a **bold** word and some more of it";
    view.update(text.slice(0, 40), false);
    for (const selector of ["p", "li:last-child p"]) {
      const node = firstText(host.querySelector(selector)!);
      select(node, 0, 2);
      for (let end = 40; end <= text.length; end++)
        view.update(text.slice(0, end), false);
      assert.isTrue(selectionIn(host).node === node);
      assert.equal(selectionIn(host).text.length, 2);
      view.update(text.slice(0, 40), false);
    }
  });

  it("keeps the same elements while they grow", async () => {
    const host = await createHost();
    const view = new MarkdownView(host, options);
    const text =
      "# Title\n\nA [link](https://a.example/b) and *more*\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```js\nlet a;\n```\n";
    const seen: Node[] = [];
    for (let end = 1; end <= text.length; end++) {
      view.update(text.slice(0, end), false);
      for (const element of host.children)
        if (!seen.includes(element)) seen.push(element);
    }
    view.update(text, true);
    assert.deepEqual([...host.children], seen);
  });

  it("shows no marker that is not decided", async () => {
    const host = await createHost();
    const view = new MarkdownView(host, options);
    const text =
      "Some **bold** and *soft* `code` with ~~none~~ [here](https://a.example/b).\n\n- item\n- [x] done *now*\n\n1. first\n\n> said\n\n# Title\n\n| a | b |\n|---|:-:|\n| 1 | 2 |\n\n```js\nlet a;\n```\n\nEnd";
    for (let end = 1; end <= text.length; end++) {
      view.update(text.slice(0, end), false);
      assert.notMatch(host.innerText, /[*`~[\]|#>]|---/, text.slice(0, end));
    }
  });
});

describe("code", () => {
  it("is coloured when it is complete, and keeps what is selected in it", async () => {
    const host = await createHost();
    const view = new MarkdownView(host, options);
    view.update("```js\nconst a = 1;\n", false);
    const code = host.querySelector("code")!;
    select(firstText(code), 6, 11);
    view.update("```js\nconst a = 1;\n```\n", true);
    assert.equal(code.querySelector("span"), null);
    await waitUntil(() => code.querySelector("span"), "colours");
    assert.equal(code.querySelector(".keyword")!.textContent, "const");
    assert.equal(code.textContent, "const a = 1;\n");
    assert.equal(selectionIn(host).text, "a = 1");
  });

  it("of an unknown language stays plain", async () => {
    const host = await show("```klingon\nconst a = 1;\n```\n");
    await aTimeout(0);
    assert.equal(host.querySelector(".code-language")!.textContent, "klingon");
    assert.equal(host.querySelector("code")!.children.length, 0);
  });

  it("can be copied as it is shown", async () => {
    let copied = "";
    const { clipboard } = navigator;
    const writeText = (code: string) => {
      copied = code;
      return Promise.resolve();
    };
    Object.defineProperty(navigator, "clipboard", {
      value: { writeText },
      configurable: true,
    });
    const host = await show("```js\na\n  b\n```\n");
    const button = host.querySelector<HTMLButtonElement>("[part=copy-code]")!;
    button.click();
    Object.defineProperty(navigator, "clipboard", {
      value: clipboard,
      configurable: true,
    });
    assert.equal(copied, "a\n  b\n");
    await waitUntil(() => button.textContent === "Copied");
    button.dispatchEvent(new Event("blur"));
    assert.equal(button.textContent, "Copy code");
  });

  it("is shown by the page's renderer when it is complete", async () => {
    const calls: string[] = [];
    const host = await createHost();
    const view = new MarkdownView(host, {
      ...options,
      renderers: {
        chart: (code) => {
          calls.push(code);
          return document.createElement("canvas");
        },
        text: (code) => code.toUpperCase(),
        template: (code) => ({ code }),
        broken: () => {
          throw new Error("no");
        },
      },
      renderTemplate: (template, container) => {
        container.append((template as { code: string }).code);
      },
      onError: (error) => calls.push(String(error)),
    });
    const text =
      "```chart\n1,2\n```\n```text\nabc\n```\n```template\nx\n```\n```broken\ny\n```\n";
    view.update(text.slice(0, 12), false);
    assert.deepEqual(calls, []);
    view.update(text, true);
    assert.deepEqual(calls, ["1,2\n", "Error: no"]);
    assert.instanceOf(host.querySelector("canvas"), HTMLCanvasElement);
    const [, shown, template, broken] = host.children;
    assert.equal(shown!.textContent, "ABC\n");
    assert.equal(template!.textContent, "x\n");
    assert.equal(broken!.querySelector("code")!.textContent, "y\n");
  });
});

describe("a table", () => {
  it("aligns its cells as it says, and the others where their text begins", async () => {
    const host = await show("| a | b | c |\n|:--|--:|---|\n| 1 | 2 | 3 |\n");
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(markdownStyles);
    (host.getRootNode() as ShadowRoot).adoptedStyleSheets = [sheet];
    assert.deepEqual(
      Array.from(
        host.querySelectorAll("th, td"),
        // Browsers have a name of their own for what the attribute means.
        (cell) => getComputedStyle(cell).textAlign.replace(/^-\w+-/, ""),
      ),
      ["left", "right", "start", "left", "right", "start"],
    );
  });
});

describe("accessibility", () => {
  it("has no violation in anything that Markdown makes", async () => {
    const host = await show(
      '# A\n\n## B\n\ntext **b** *i* ~~d~~ `c` [l](https://a.example "t")\n\n> q\n\n1. a\n2. b\n\n- [ ] open\n- [x] done\n\n---\n\n```js\nlet a;\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n<div>raw</div>\n',
    );
    await assert.isAccessible(host);
    for (const heading of host.querySelectorAll("h1, h2"))
      assert.fail(`${heading.localName} disturbs the page's outline`);
    const region = host.querySelector("[role=region]")!;
    assert.equal(region.getAttribute("aria-label"), "Table");
    assert.equal(region.getAttribute("tabindex"), "0");
  });
});

describe("the rarer parts of Markdown", () => {
  it("come without taking away what is selected", async () => {
    const host = await createHost();
    const loader = new Loader(() => import("./extras.ts"));
    const view = new MarkdownView(host, options, loader);
    view.update("See www.a.example/b\n\n| a |\n|---|\n\nBehind *it*", true);
    const node = firstText(host.querySelector("p:last-child")!);
    select(node, 0, 6);
    await loader.load();
    assert.isNotNull(host.querySelector("table"));
    assert.equal(host.querySelector("a")!.href, "http://www.a.example/b");
    assert.isTrue(selectionIn(host).node === node);
    assert.equal(selectionIn(host).text, "Behind");
  });
});

describe("names of characters that are not loaded yet", () => {
  it("appear where they were written", async () => {
    const host = await show("a &ouml; b\n\n[c]\n\n[c]: /x&auml;\n");
    await waitUntil(() => host.textContent.includes("a ö b"));
    assert.equal(host.querySelector("a")!.getAttribute("href"), "/x%C3%A4");
  });
});
