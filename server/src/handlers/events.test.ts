import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { headerValues, type WebSocketEvent } from "./events.ts";

const event = (fields: Partial<WebSocketEvent>): WebSocketEvent => ({
  requestContext: {
    eventType: "CONNECT",
    connectionId: "c",
    requestId: "r",
  },
  ...fields,
});

describe("headers of an event", () => {
  for (const [name, fields, values] of [
    ["are none", {}, []],
    ["have the client's spelling", { headers: { "X-nAmE": "a" } }, ["a"]],
    [
      "may be repeated",
      {
        headers: { "X-Name": "b" },
        multiValueHeaders: { "X-Name": ["a", "b"] },
      },
      ["a", "b"],
    ],
    ["may be others", { headers: { "X-Other": "a" } }, []],
  ] as const)
    it(name, () => {
      assert.deepEqual(headerValues(event(fields), "x-name"), values);
    });
});
