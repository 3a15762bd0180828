/** The browser as the chat needs it. */
import type { Environment } from "./chat/ports.ts";

export function browserEnvironment(): Environment {
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
    isOnline: () => navigator.onLine,
    subscribe(listener) {
      const ending = new AbortController();
      const { signal } = ending;
      const tell = ({ type }: Event): void => {
        if (type === "online" || type === "offline") listener(type);
        else if (document.visibilityState === "visible") listener("visible");
      };
      // A page that comes back from the back/forward cache, by `pageshow`, lost its socket without an event.
      for (const type of ["online", "offline", "pageshow", "visibilitychange"])
        addEventListener(type, tell, { signal });
      return () => ending.abort();
    },
    // Only secure contexts have locks.
    lock: (name, task) => (locks ? locks.request(name, task) : task()),
    openChannel(name, receive) {
      const channel = new BroadcastChannel(name);
      channel.onmessage = ({ data }) => receive(data);
      return channel;
    },
  };
}

/** A UUIDv4; `crypto.randomUUID` exists in secure contexts only. */
const newId = (): string =>
  "xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx".replace(/x/g, () => {
    const [byte] = crypto.getRandomValues(new Uint8Array(1));
    return (byte! % 16).toString(16);
  });
