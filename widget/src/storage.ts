/** Browser storage that never breaks the chat: where the browser refuses, everything is kept for the life of the page. */
import type { ChatStorage } from "./chat/ports.ts";

/** Where conversations are kept: for the browser, for the tab, or for the page. */
export type Persist = "local" | "session" | "none";

/** What {@link chatStorage} needs of a window; reading either property may throw. */
export interface StorageWindow {
  readonly localStorage: Storage;
  readonly sessionStorage: Storage;
}

export function chatStorage(
  persist: Persist,
  window: StorageWindow = globalThis,
): ChatStorage {
  const kept = new Map<string, string>();
  const storage = persist === "none" ? undefined : open(window, persist);
  return {
    shared: persist === "local" && storage !== undefined,
    get(key) {
      return kept.get(key) ?? attempt(() => storage?.getItem(key)) ?? undefined;
    },
    set(key, value) {
      const stored = attempt(() => {
        storage?.setItem(key, value);
        return storage !== undefined;
      });
      if (stored) kept.delete(key);
      else kept.set(key, value);
    },
    remove(key) {
      kept.delete(key);
      attempt(() => storage?.removeItem(key));
    },
  };
}

/** Whether an earlier page of this site has left anything, of whatever chat. */
export function hasStored(
  persist: Persist,
  window: StorageWindow = globalThis,
): boolean {
  const storage = persist === "none" ? undefined : open(window, persist);
  const keys = attempt(() => Object.keys(storage ?? {})) ?? [];
  return keys.some((key) => key.startsWith("bedrock-chat:"));
}

const open = (window: StorageWindow, persist: "local" | "session") =>
  attempt(() =>
    persist === "local" ? window.localStorage : window.sessionStorage,
  );

/** Blocked and full storage throw; the chat goes on without. */
function attempt<T>(task: () => T): T | undefined {
  try {
    return task();
  } catch {
    return undefined;
  }
}
