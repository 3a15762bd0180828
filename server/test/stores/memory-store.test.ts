import { describe } from "node:test";
import { MemoryStore } from "../fakes/memory-store.ts";
import { RETENTION_MS, storeSuite } from "./store.suite.ts";

describe("memory store", () => {
  storeSuite((clock) =>
    Promise.resolve({
      store: new MemoryStore({ clock, retentionMs: RETENTION_MS }),
    }),
  );
});
