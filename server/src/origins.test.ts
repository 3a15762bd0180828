import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isOriginAllowed, isOriginPattern } from "./origins.ts";

const rules = (allowedOrigins: readonly string[], requireOrigin = false) => ({
  allowedOrigins,
  requireOrigin,
});

describe("an origin in the list", () => {
  for (const text of [
    "https://www.example.com",
    "https://example.com:8443",
    "http://localhost:3000",
    "http://127.0.0.1:*",
    "http://localhost:*",
    "http://[::1]:*",
    "https://*.example.com",
    "https://*.shop.example.com:8443",
    "https://xn--bcher-kva.example",
    "capacitor://localhost",
    "chrome-extension://abcdefghijklmnop",
    "null",
  ])
    it(`may be ${text}`, () => assert.ok(isOriginPattern(text)));

  for (const text of [
    "",
    "*",
    "www.example.com",
    "https://",
    "https://www.example.com/",
    "https://www.example.com/shop",
    "https://www.example.com?a",
    "https://me@www.example.com",
    "https://www.example.com:443",
    "http://www.example.com:80",
    "https://www.example.com:99999",
    "https://www.example.com:*",
    "https://WWW.example.com",
    "https://bücher.example",
    "https://*",
    "https://*.com",
    "https://*.*.example.com",
    "https://www.*.example.com",
    "https://*example.com",
    "https://*.localhost:*",
    "*://example.com",
    " https://www.example.com",
    "NULL",
  ])
    it(`may not be ${JSON.stringify(text)}`, () => {
      assert.equal(isOriginPattern(text), false);
    });
});

describe("a page", () => {
  const LIST = [
    "https://www.example.com",
    "https://*.shop.example",
    "http://localhost:*",
    "http://[::1]:*",
  ];
  for (const origin of [
    "https://www.example.com",
    "https://a.shop.example",
    "https://a.b-c.shop.example",
    "http://localhost",
    "http://localhost:3000",
    "http://[::1]:5173",
  ])
    it(`of ${origin} may connect`, () => {
      assert.ok(isOriginAllowed(rules(LIST), [origin]));
    });

  for (const origin of [
    "",
    "null",
    "http://www.example.com",
    "https://www.example.com:8443",
    "https://www.example.com.evil.example",
    "https://example.com",
    "https://WWW.example.com",
    "https://www.example.com/",
    "https://shop.example",
    "https://.shop.example",
    "https://a..shop.example",
    "https://evilshop.example",
    "https://evil.example/.shop.example",
    "https://evil.example#.shop.example",
    "https://me@a.shop.example",
    "https://a.shop.example:8443",
    "https://localhost:3000",
    "http://localhost:",
    "http://localhost:*",
    "http://localhost:3000.evil.example",
    "http://localhost.evil.example",
    "https://www.example.com, https://evil.example",
  ])
    it(`of ${JSON.stringify(origin)} may not`, () => {
      assert.equal(isOriginAllowed(rules(LIST), [origin]), false);
    });

  it("of no origin of its own may connect where null is listed", () => {
    assert.ok(isOriginAllowed(rules(["null"]), ["null"]));
  });

  it("may not connect where nothing is listed", () => {
    assert.equal(
      isOriginAllowed(rules([]), ["https://www.example.com"]),
      false,
    );
  });

  it("that is said to have two origins must be allowed by both", () => {
    const [good] = LIST as [string];
    assert.ok(isOriginAllowed(rules(LIST), [good, good]));
    assert.equal(
      isOriginAllowed(rules(LIST), [good, "https://evil.example"]),
      false,
    );
  });
});

describe("a client that names no origin", () => {
  it("may connect", () => assert.ok(isOriginAllowed(rules([]), [])));
  it("may not where an origin is required", () => {
    assert.equal(isOriginAllowed(rules(["null"], true), []), false);
  });
});
