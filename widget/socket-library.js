import { transform } from "esbuild";

/** What `src/transport/socket-transport.ts` never calls, and what its options leave without a purpose. */
const unused = [
  "binaryType",
  "retryCount",
  "bufferedAmount",
  "extensions",
  "protocol",
  "readyState",
  "url",
  "reconnect",
  "addEventListener",
  "dispatchEvent",
  "removeEventListener",
  "_callEventListener",
  "_debug",
  "_acceptOpen",
  "_getNextDelay",
];

/** What those leave without a purpose. */
const unusedParts = {
  "messages to debug by": /^ +this\._debug\(.*\);$/gm,
  "calls of listeners": /^ +this\._listeners\.\w+\.forEach\(.*\);$/gm,
  listeners: /^ +private _listeners: [^]*?^ +\};$/gm,
  // By `maxRetries: 0`.
  "delay before a retry": /, this\._getNextDelay\(\)/g,
  "bounds of that delay":
    /^ +(?:m\w+ReconnectionDelay|reconnectionDelayGrowFactor): .*$/gm,
  "time after which retries are counted anew":
    /^.*\b(?:_uptimeTimeout|minUptime)\b.*$/gm,
  // By `maxEnqueuedMessages: 0`.
  "sending later": / else \{\s+const \{maxEnqueuedMessages[^]*?^ {8}\}$/gm,
  queue: /^.*\b(?:_messageQueue|maxEnqueuedMessages)\b.*$/gm,
  // By text frames.
  "kind of binary messages": /^.*\b_binaryType\b.*$/gm,
};

function without(code, pattern, what) {
  if (code.search(pattern) < 0)
    throw new Error(`reconnecting-websocket has no ${what} any more.`);
  return code.replaceAll(pattern, "");
}

/** For Rollup: bundles reconnecting-websocket from the source it ships, which is half of what it is built to for ES5. */
export const socketLibrary = {
  name: "socket-library",
  resolveId(source, importer, options) {
    return source === "reconnecting-websocket"
      ? this.resolve(`${source}/${source}.ts`, importer, options)
      : null;
  },
  async transform(code, id) {
    if (!/\/node_modules\/reconnecting-websocket\/[\w-]+\.ts$/.test(id))
      return null;
    let rest = code;
    if (id.endsWith("reconnecting-websocket.ts")) {
      for (const [what, pattern] of Object.entries(unusedParts))
        rest = without(rest, pattern, what);
      for (const name of unused)
        rest = without(
          rest,
          new RegExp(
            `^    (?:public|private|get|set) ${name}\\b[^]*?^    \\}$`,
            "gm",
          ),
          name,
        );
    }
    const { code: result } = await transform(rest, {
      loader: "ts",
      target: "es2022",
      mangleProps: /^_/,
    });
    return { code: result, map: null };
  },
};
