import { assert } from "@open-wc/testing";
import { browserEnvironment } from "./environment.ts";

describe("browserEnvironment", () => {
  it("tells time, origin and what the browser is doing", async () => {
    const environment = browserEnvironment();
    assert.equal(environment.origin, location.origin);
    assert.equal(environment.isOnline(), true);
    assert.isBelow(environment.random(), 1);
    const before = environment.now();
    await new Promise<void>((resolve) => environment.after(5, resolve));
    assert.isAtLeast(environment.now(), before + 4);
  });

  it("cancels what was to happen later", async () => {
    const environment = browserEnvironment();
    const happened: string[] = [];
    const cancel = environment.after(1, () => happened.push("cancelled"));
    cancel();
    await new Promise<void>((resolve) => environment.after(5, resolve));
    assert.deepEqual(happened, []);
  });

  it("makes a new UUIDv4 each time, without crypto.randomUUID too", () => {
    const environment = browserEnvironment();
    const ids = Array.from({ length: 200 }, () => environment.newId());
    assert.equal(new Set(ids).size, 200);
    for (const id of ids)
      assert.match(
        id,
        /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
      );
  });

  it("tells what changes, until nobody listens", () => {
    const environment = browserEnvironment();
    const changes: string[] = [];
    const leave = environment.subscribe((change) => changes.push(change));
    const happen = () => {
      window.dispatchEvent(new Event("online"));
      window.dispatchEvent(new Event("offline"));
      document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
      window.dispatchEvent(new Event("pageshow"));
    };
    happen();
    // What is hidden concerns nobody.
    const hidden = { value: "hidden", configurable: true };
    Object.defineProperty(document, "visibilityState", hidden);
    document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
    Reflect.deleteProperty(document, "visibilityState");
    leave();
    happen();
    assert.deepEqual(changes, ["online", "offline", "visible", "visible"]);
  });

  it("runs one task of a name at a time", async () => {
    const environment = browserEnvironment();
    const order: string[] = [];
    let leave = () => {};
    const first = environment.lock("a-lock", async () => {
      order.push("first in");
      await new Promise<void>((resolve) => (leave = resolve));
      order.push("first out");
    });
    const second = environment.lock("a-lock", () => {
      order.push("second");
      return Promise.resolve(7);
    });
    await environment.lock("another lock", () => Promise.resolve());
    leave();
    assert.equal(await second, 7);
    await first;
    assert.deepEqual(order, ["first in", "first out", "second"]);
  });

  it("carries messages to the other tabs, not back", async () => {
    const [one, two] = [browserEnvironment(), browserEnvironment()];
    const back: unknown[] = [];
    const sender = one.openChannel("a-channel", (message) =>
      back.push(message),
    );
    const message = new Promise((resolve) => {
      const receiver = two.openChannel("a-channel", (value) => {
        receiver.close();
        resolve(value);
      });
    });
    sender.postMessage({ type: "conversation" });
    assert.deepEqual(await message, { type: "conversation" });
    assert.deepEqual(back, []);
    sender.close();
  });
});
