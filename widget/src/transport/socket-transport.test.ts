import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer, type Socket } from "node:net";
import { test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import { rollup, type Plugin } from "rollup";
import esbuild from "rollup-plugin-esbuild";
import { settle } from "../../test/fake-world.ts";
import { serve } from "../../test/socket-server.ts";
import { SUBPROTOCOL } from "../protocol.ts";
import * as source from "./socket-transport.ts";
import type { TransportClosed, TransportHandlers } from "./transport.ts";

/** The same with what `socket-library.js` leaves of the library: that is what pages load. */
async function asBundled(): Promise<typeof source> {
  const trimmer = new URL("../../socket-library.js", import.meta.url).href;
  const { socketLibrary } = (await import(trimmer)) as {
    readonly socketLibrary: Plugin;
  };
  const bundle = await rollup({
    input: fileURLToPath(new URL("socket-transport.ts", import.meta.url)),
    plugins: [
      socketLibrary,
      nodeResolve({ extensions: [".ts"] }),
      esbuild({ target: "es2022", tsconfig: false }),
    ],
  });
  const { output } = await bundle.generate({ format: "es" });
  const { code } = output[0];
  const url = `data:text/javascript,${encodeURIComponent(code)}`;
  return (await import(url)) as typeof source;
}

const bundled = await asBundled();

type SocketTransport = typeof source.socketTransport;
const testBoth = (
  name: string,
  run: (
    socketTransport: SocketTransport,
    context: TestContext,
  ) => Promise<void>,
): void => {
  test(name, (context) => run(source.socketTransport, context));
  test(`${name}, as bundled`, (context) =>
    run(bundled.socketTransport, context));
};

/** Something that happens once, as a promise. */
function happening<T = void>() {
  let happen!: (value: T) => void;
  const promise = new Promise<T>((resolve) => (happen = resolve));
  return { promise, happen };
}

/** Handlers that record, and promises of what comes first. */
function listen() {
  const log: string[] = [];
  const opened = happening();
  const message = happening<string>();
  const closed = happening<TransportClosed>();
  const handlers: TransportHandlers = {
    onOpen: () => {
      log.push("open");
      opened.happen();
    },
    onMessage: (text) => {
      log.push(text);
      message.happen(text);
    },
    onClose: (event) => {
      log.push(`close ${event.code}`);
      closed.happen(event);
    },
  };
  return {
    log,
    handlers,
    opened: opened.promise,
    message: message.promise,
    closed: closed.promise,
  };
}

testBoth(
  "offers the subprotocol, and carries text both ways",
  async (socketTransport, context) => {
    const { url, connected } = await serve(context);
    const { handlers, opened, message, log } = listen();
    const transport = socketTransport()(url, handlers);
    const socket = await connected();
    assert.equal(socket.protocol, SUBPROTOCOL);
    await opened;
    transport.send("up ✓");
    const [data] = (await once(socket, "message")) as [Buffer];
    assert.equal(data.toString(), "up ✓");
    socket.send(Buffer.from([1, 2]), { binary: true });
    socket.send("down ✓");
    assert.equal(await message, "down ✓");
    assert.deepEqual(log, ["open", "down ✓"], "binary data is not passed on");
    transport.close();
  },
);

testBoth(
  "tells code and reason of a close, once",
  async (socketTransport, context) => {
    const { url, connected } = await serve(context);
    const { handlers, closed, log } = listen();
    socketTransport()(url, handlers);
    (await connected()).close(1001, "Going away");
    assert.deepEqual(await closed, {
      code: 1001,
      reason: "Going away",
      fatal: false,
    });
    await settle();
    assert.deepEqual(log, ["open", "close 1001"]);
  },
);

testBoth("tells when nobody listens", async (socketTransport, context) => {
  const { server, url } = await serve(context);
  server.close();
  await once(server, "close");
  const { handlers, closed, log } = listen();
  socketTransport()(url, handlers);
  await closed;
  assert.equal(log.length, 1);
});

testBoth(
  "closes before it is open, and then says nothing more",
  async (socketTransport, context) => {
    const { url, connected } = await serve(context);
    const first = listen();
    socketTransport()(url, first.handlers).close();
    const second = listen();
    const transport = socketTransport()(url, second.handlers);
    const [socket] = await Promise.all([connected(), second.opened]);
    transport.close();
    transport.send("unheard");
    await once(socket, "close");
    await settle();
    assert.deepEqual(first.log, []);
    assert.deepEqual(second.log, ["open"]);
  },
);

testBoth(
  "gives up a server that accepts and then says nothing",
  async (socketTransport, context) => {
    const sockets: Socket[] = [];
    const mute = createServer((socket) => void sockets.push(socket));
    mute.listen(0, "127.0.0.1");
    await once(mute, "listening");
    context.after(() => {
      for (const socket of sockets) socket.destroy();
      mute.close();
    });
    const { port } = mute.address() as AddressInfo;
    const { handlers, closed } = listen();
    socketTransport({ connectionTimeoutMs: 20 })(
      `ws://127.0.0.1:${port}`,
      handlers,
    );
    assert.equal((await closed).fatal, false);
  },
);

testBoth(
  "says which address a socket does not take, and that it never will",
  async (socketTransport) => {
    for (const url of ["ftp://chat.example", "not an address", ""]) {
      const { handlers, closed, log } = listen();
      socketTransport()(url, handlers);
      const { fatal, reason } = await closed;
      assert.equal(fatal, true, url);
      const got = url ? `${url}: ` : "nothing";
      assert.ok(
        reason.startsWith(
          `The endpoint must be a WebSocket address that this page may use, got ${got}`,
        ),
      );
      await settle();
      assert.equal(log.length, 1);
    }
  },
);

testBoth(
  "nothing is queued: what is sent before the connection is open is dropped",
  async (socketTransport, context) => {
    const { url, connected } = await serve(context);
    const { handlers, opened } = listen();
    const transport = socketTransport()(url, handlers);
    for (let i = 0; i < 1_000; i++) transport.send("too early");
    const socket = await connected();
    const received: string[] = [];
    socket.on("message", (data: Buffer) => received.push(data.toString()));
    await opened;
    transport.send("in time");
    await once(socket, "message");
    assert.deepEqual(received, ["in time"]);
    transport.close();
  },
);
