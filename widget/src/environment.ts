/** The browser as the chat needs it. */
import type { Environment, EnvironmentChange } from "./chat/ports.ts";

export function browserEnvironment(): Environment {
  const { onLine } = navigator;
  const locks = navigator.locks as LockManager | undefined;
  return {
    origin: location.origin,
    now: () => Date.now(),
    after(ms, task) {
      const timer = setTimeout(task, ms);
      return () => clearTimeout(timer);
    },
    random: () => Math.random(),
    newId,
    isOnline: () => onLine === undefined || navigator.onLine,
    isVisible: () => document.visibilityState === "visible",
    subscribe(listener) {
      const ending = new AbortController();
      const { signal } = ending;
      const tell = (change: EnvironmentChange) => () => listener(change);
      window.addEventListener("online", tell("online"), { signal });
      window.addEventListener("offline", tell("offline"), { signal });
      // A page that comes back from the back/forward cache lost its socket without an event.
      window.addEventListener("pageshow", tell("visible"), { signal });
      document.addEventListener(
        "visibilitychange",
        () =>
          listener(
            document.visibilityState === "visible" ? "visible" : "hidden",
          ),
        { signal },
      );
      return () => ending.abort();
    },
    // Only secure contexts have locks.
    lock: (name, task) => (locks ? locks.request(name, task) : task()),
    openChannel(name, receive) {
      if (typeof BroadcastChannel === "undefined")
        return { post() {}, close() {} };
      const channel = new BroadcastChannel(name);
      channel.onmessage = ({ data }) => receive(data);
      return {
        post: (message) => channel.postMessage(message),
        close: () => channel.close(),
      };
    },
  };
}

/** A UUIDv4; `crypto.randomUUID` exists in secure contexts only. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0"));
  return hex.join("").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
