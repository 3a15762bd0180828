import assert from "node:assert/strict";
import test from "node:test";
import { highlight } from "./highlight.ts";

const kindOf = (code: string, language: string, text: string) =>
  highlight(code, language)?.find((token) => token.text === text)?.kind;

test("tokens say what kind of text they are", () => {
  assert.equal(kindOf("const a = 1;", "js", "const"), "keyword");
  assert.equal(kindOf("const a = 1;", "tsx", "1"), "literal");
  assert.equal(kindOf("def f(): # no", "python", "# no"), "comment");
  assert.equal(kindOf('{"a": true}', "json", "true"), "literal");
  assert.equal(kindOf("SELECT 1", "SQL", "SELECT"), "keyword");
  const diff = "@@ -1 +1 @@\n-old\n+new\n same\n";
  assert.equal(kindOf(diff, "diff", "-old\n"), "deleted");
  assert.equal(kindOf(diff, "patch", "+new\n"), "inserted");
  assert.equal(kindOf(diff, "diff", "@@ -1 +1 @@"), "comment");
  assert.equal(kindOf("<b>x</b>", "html", "x"), undefined);
});

test("tokens together are the code", () => {
  const code = "<p onclick=\"alert('x')\">\n  ${a} &amp; `b` // c\n</p>\n";
  for (const language of ["html", "js", "css", "bash", "yaml", "php"]) {
    const tokens = highlight(code, language);
    assert.equal(tokens?.map(({ text }) => text).join(""), code, language);
  }
});

test("unknown languages and very long code stay plain", () => {
  for (const language of ["", "klingon", "constructor", "__proto__", "extend"])
    assert.equal(highlight("x", language), undefined, language);
  assert.equal(highlight("a ".repeat(20_000), "js"), undefined);
});
