import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { createServer as createSocketServer } from "node:net";
import type { AddressInfo } from "node:net";
import { networkInterfaces } from "node:os";
import { test } from "node:test";
import { listen, listenAsLocalhost } from "./http.ts";

const hasIPv6 = Object.values(networkInterfaces())
  .flat()
  .some((address) => address?.address === "::1");

const hello = () => createServer((_, response) => response.end("hello"));

test("localhost is answered under both of its addresses", async () => {
  const { port, close } = await listenAsLocalhost(hello());
  for (const host of [
    "localhost",
    "127.0.0.1",
    ...(hasIPv6 ? ["[::1]"] : []),
  ]) {
    const answer = await fetch(`http://${host}:${port}/`);
    assert.equal(await answer.text(), "hello", host);
  }
  await close();
  await assert.rejects(fetch(`http://localhost:${port}/`));
});

test("a port that is taken under either address is taken", async () => {
  for (const host of ["127.0.0.1", ...(hasIPv6 ? ["::1"] : [])]) {
    const other = createSocketServer().listen(0, host);
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    await assert.rejects(listenAsLocalhost(hello(), port), {
      code: "EADDRINUSE",
    });
    other.close();
    await once(other, "close");
    // The attempt left nothing behind.
    const { close } = await listen(hello(), port);
    await close();
  }
});
