import assert from "node:assert/strict";
import { test } from "node:test";
import { chatStorage, hasStored, type StorageWindow } from "./storage.ts";

/** As much of a browser's `Storage` as matters; `fails` makes every access throw. */
function fakeStorage(stored = new Map<string, string>()) {
  const storage = {
    fails: false,
    getItem: (key: string) => check() ?? stored.get(key) ?? null,
    setItem: (key: string, value: string) => {
      check();
      stored.set(key, value);
    },
    removeItem: (key: string) => {
      check();
      stored.delete(key);
    },
  };
  const check = (): undefined => {
    if (storage.fails) throw new Error("QuotaExceededError");
  };
  return storage as typeof storage & Storage;
}

function fakeWindow() {
  const local = fakeStorage();
  const session = fakeStorage();
  return { localStorage: local, sessionStorage: session };
}

const blocked: StorageWindow = {
  get localStorage(): Storage {
    throw new Error("SecurityError");
  },
  get sessionStorage(): Storage {
    throw new Error("SecurityError");
  },
};

test("stores for the browser, for the tab, or for the page", () => {
  const window = fakeWindow();
  for (const persist of ["local", "session", "none"] as const) {
    const storage = chatStorage(persist, window);
    storage.set("key", persist);
    assert.equal(storage.get("key"), persist);
    assert.equal(storage.shared, persist === "local");
  }
  assert.equal(window.localStorage.getItem("key"), "local");
  assert.equal(window.sessionStorage.getItem("key"), "session");
  assert.equal(chatStorage("none", window).get("key"), undefined);
});

test("what is removed is gone", () => {
  const storage = chatStorage("local", fakeWindow());
  storage.set("key", "value");
  storage.remove("key");
  assert.equal(storage.get("key"), undefined);
});

test("blocked storage keeps everything for the page", () => {
  for (const persist of ["local", "session"] as const) {
    const storage = chatStorage(persist, blocked);
    assert.equal(storage.shared, false);
    storage.set("key", "value");
    assert.equal(storage.get("key"), "value");
    storage.remove("key");
    assert.equal(storage.get("key"), undefined);
  }
});

test("full storage keeps the new value for the page, until there is room", () => {
  const window = fakeWindow();
  const storage = chatStorage("local", window);
  storage.set("key", "old");
  window.localStorage.fails = true;
  storage.set("key", "new");
  assert.equal(storage.get("key"), "new");
  window.localStorage.fails = false;
  assert.equal(storage.get("key"), "new");
  storage.set("key", "newer");
  assert.equal(window.localStorage.getItem("key"), "newer");
  assert.equal(storage.get("key"), "newer");
});

test("storage that fails later does not throw", () => {
  const window = fakeWindow();
  const storage = chatStorage("local", window);
  window.localStorage.fails = true;
  assert.equal(storage.get("key"), undefined);
  storage.remove("key");
});

test("a server that renders pages has no storage", () => {
  const storage = chatStorage("local", {} as StorageWindow);
  storage.set("key", "value");
  assert.equal(storage.get("key"), "value");
  assert.equal(hasStored("local", {} as StorageWindow), false);
});

test("knows whether a chat has left anything", () => {
  const left = { "bedrock-chat:x:open": "true", theme: "dark" };
  const window = {
    localStorage: left as unknown as Storage,
    sessionStorage: { theme: "dark" } as unknown as Storage,
  };
  assert.equal(hasStored("local", window), true);
  assert.equal(hasStored("session", window), false);
  assert.equal(hasStored("none", window), false);
  assert.equal(hasStored("local", blocked), false);
});
