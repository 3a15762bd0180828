import { transform } from "esbuild";

/**
 * Members that `src/transport/socket-transport.ts` never calls, and that its options leave without a purpose: it gives an
 * address as text, a WebSocket class, a timeout, `maxRetries: 0` and `maxEnqueuedMessages: 0`.
 */
const unused = [
  "CONNECTING",
  "OPEN",
  "CLOSING",
  "CLOSED",
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
  "_getNextUrl",
];

/** What those leave without a purpose, and what to have in its place, if anything. */
const unusedParts = {
  "messages to debug by": [/^ +this\._debug\(.*\);$/gm],
  "calls of listeners": [/^ +this\._listeners\.\w+\.forEach\(.*\);$/gm],
  listeners: [/^ +private _listeners: [^]*?^ +\};$/gm],
  "names of states": [/\bthis\.(OPEN|CLOSED)\b/g, (_, name) => states[name]],
  "events of its own": [/new Events\.CloseEvent\((.+), this\)/g, "{$1}"],
  "an event for a timeout": [
    /new Events\.ErrorEvent\(Error\('TIMEOUT'\), this\)/g,
    "{message: 'TIMEOUT'}",
  ],
  "calls of an error handler": [/^ {8}if \(this\.onerror\) \{[^]*?^ {8}\}$/gm],
  "error handler": [/^ {4}public onerror: .*$/gm],
  "provider of addresses": [/this\._getNextUrl\(this\._url\)/g, "this._url"],
  "default options": [/ = (?:DEFAULT\.\w+|getGlobalWebSocket\(\))(?=,)/g],
  "check of the class": [/^ {8}if \(!isWebSocket\([^]*?^ {8}\}$/gm],
  "start without a connection": [
    /^ {8}if \(this\._options\.startClosed\) \{[^]*?^ {8}\}$/gm,
  ],
  // By `maxRetries: 0`: after the first call, `_connect` does nothing.
  "retry after a close": [
    /^ {8}if \(this\._shouldReconnect\) \{[^]*?^ {8}\}$/gm,
  ],
  "retry after an error": [/^ {8}this\._connect\(\);$(?=\s+\};)/gm],
  "bound of retries": [/^ {8}if \(this\._retryCount >= [^]*?^ {8}\}$/gm],
  "lock against a second attempt": [
    /^ {8}if \(this\._connectLock [^]*?^ {8}\}$/gm,
  ],
  "listeners of an attempt before": [
    /^ {8}this\._removeListeners\(\);$(?=\s+this\._wait)/gm,
  ],
  "state of retries": [
    /^.*\b(?:_retryCount|maxRetries|_shouldReconnect|_connectLock)\b.*$/gm,
  ],
  "delay before a retry": [/, this\._getNextDelay\(\)/g],
  "time after which retries are counted anew": [
    /^.*\b(?:_uptimeTimeout|minUptime)\b.*$/gm,
  ],
  // By `maxEnqueuedMessages: 0`.
  "sending later": [/ else \{\s+const \{maxEnqueuedMessages[^]*?^ {8}\}$/gm],
  queue: [/^.*\b(?:_messageQueue|maxEnqueuedMessages)\b.*$/gm],
  // By text frames.
  "kind of binary messages": [/^.*\b_binaryType\b.*$/gm],
};
const states = { OPEN: "1", CLOSED: "3" };

function replace(code, what, pattern, replacement = "") {
  if (code.search(pattern) < 0)
    throw new Error(`reconnecting-websocket has no ${what} any more.`);
  return code.replaceAll(pattern, replacement);
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
      for (const name of unused) {
        const member = `^    (?:static )?(?:public|private|get|set) ${name}\\b[^]*?^    \\}$`;
        rest = replace(rest, name, new RegExp(member, "gm"));
      }
      for (const [what, [pattern, replacement]] of Object.entries(unusedParts))
        rest = replace(rest, what, pattern, replacement);
    }
    const { code: result } = await transform(rest, {
      loader: "ts",
      target: "es2022",
      mangleProps: /^_/,
    });
    return { code: result, map: null };
  },
};
