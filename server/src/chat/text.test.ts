import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  endsInsidePair,
  headByBytes,
  headByJsonBytes,
  jsonBytes,
  piecesByJsonBytes,
} from "./text.ts";

const anyText = fc.string({ unit: "binary", maxLength: 60 });
const bytesOf = (text: string): number => Buffer.byteLength(text);

describe("cutting text", () => {
  it("measures JSON as it is sent", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        assert.equal(jsonBytes(text), bytesOf(JSON.stringify(text)));
      }),
    );
  });

  it("keeps every character, within the size, and whole", () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 6, max: 40 }), (text, bytes) => {
        const pieces = piecesByJsonBytes(text, bytes);
        assert.equal(pieces.join(""), text);
        for (const piece of pieces) {
          assert.ok(piece.isWellFormed());
          assert.ok(bytesOf(JSON.stringify(piece)) - 2 <= bytes);
        }
      }),
    );
  });

  it("takes as much as fits", () => {
    fc.assert(
      fc.property(anyText, fc.nat(80), (text, bytes) => {
        const head = headByBytes(text, bytes);
        assert.ok(text.startsWith(head) && bytesOf(head) <= bytes);
        const next = String.fromCodePoint(text.codePointAt(head.length) ?? 0);
        if (head !== text) assert.ok(bytesOf(head + next) > bytes);
      }),
    );
  });

  it("counts escapes", () => {
    assert.equal(headByJsonBytes('ab"cd', 3), "ab");
    assert.equal(headByJsonBytes('ab"cd', 4), 'ab"');
    assert.equal(headByJsonBytes("\n\u0001x", 7), "\n");
    assert.equal(headByJsonBytes("\n\u0001x", 8), "\n\u0001");
  });

  it("gives out a character that is larger than the size", () => {
    assert.deepEqual(piecesByJsonBytes("a😀", 1), ["a", "😀"]);
  });

  for (const [text, expected] of [
    ["", false],
    ["a", false],
    ["😀", false],
    ["a\ud83d", true],
    ["\ude00", false],
  ] as const)
    it(`knows whether ${JSON.stringify(text)} ends inside a pair`, () => {
      assert.equal(endsInsidePair(text), expected);
    });
});
