import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { TurnFrame } from "bedrock-chat-widget/protocol";
import { MemoryStore } from "../../test/fakes/memory-store.ts";
import { RecordingLog } from "../../test/fakes/recording-log.ts";
import { RecordingOutbox } from "../../test/fakes/recording-outbox.ts";
import { settled, VirtualClock } from "../../test/fakes/virtual-clock.ts";
import { DEFAULT_TIMING } from "./limits.ts";
import { Receivers } from "./receivers.ts";

const delta = (seq: number): TurnFrame => ({
  type: "text-delta",
  turnId: "t",
  seq,
  text: `text ${seq}`,
});

function setUp() {
  const clock = new VirtualClock();
  const store = new MemoryStore({ clock });
  const outbox = new RecordingOutbox();
  const receivers = new Receivers({
    store,
    outbox,
    clock,
    log: new RecordingLog(),
    random: () => 0.5,
    timing: DEFAULT_TIMING,
  });
  const seqs = (connectionId: string): number[] =>
    outbox
      .frames(connectionId)
      .map((frame) => ("seq" in frame ? (frame.seq ?? -1) : -1));
  return { clock, store, outbox, receivers, seqs };
}

describe("receivers", () => {
  it("get every frame in order, from before and after they were added", async () => {
    const { receivers, seqs } = setUp();
    receivers.add("early");
    receivers.publish([delta(0), delta(1)]);
    receivers.add("late");
    await settled();
    receivers.publish([delta(2)]);
    await receivers.idle();
    assert.deepEqual(seqs("early"), [0, 1, 2]);
    assert.deepEqual(seqs("late"), [0, 1, 2]);
  });

  it("are idle when there is nothing to post", async () => {
    const { receivers } = setUp();
    receivers.add("c1");
    await receivers.idle();
    receivers.publish([delta(0)]);
    receivers.leave();
    await receivers.idle();
  });

  it("are not added twice, and go on from where they say", async () => {
    const { receivers, seqs } = setUp();
    receivers.add("c1");
    receivers.publish([delta(0), delta(1), delta(2)]);
    await receivers.idle();
    receivers.add("c1");
    await receivers.idle();
    assert.deepEqual(seqs("c1"), [0, 1, 2]);
    receivers.bringUp("c1", 0);
    await receivers.idle();
    assert.deepEqual(seqs("c1"), [0, 1, 2, 1, 2]);
  });

  it("get what comes next when they claim more than there is", async () => {
    const { receivers, seqs } = setUp();
    receivers.publish([delta(0)]);
    receivers.bringUp("c1", 1_000);
    receivers.publish([delta(1)]);
    await receivers.idle();
    assert.deepEqual(seqs("c1"), [1]);
  });

  it("can be moved back while a post is on its way", async () => {
    const { receivers, seqs, outbox } = setUp();
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    outbox.before = (_to, data) => (data.includes("text 1") ? gate : undefined);
    receivers.add("c1");
    receivers.publish([delta(0), delta(1), delta(2)]);
    await settled();
    receivers.bringUp("c1", -1);
    outbox.before = undefined;
    open();
    await receivers.idle();
    assert.deepEqual(seqs("c1"), [0, 1, 0, 1, 2]);
  });

  it("do not wait for one another", async () => {
    const { receivers, seqs, outbox, clock } = setUp();
    outbox.before = (to) => (to === "slow" ? clock.sleep(1_000) : undefined);
    receivers.add("slow");
    receivers.add("fast");
    receivers.publish([delta(0), delta(1), delta(2)]);
    await settled();
    assert.deepEqual(seqs("fast"), [0, 1, 2]);
    assert.deepEqual(seqs("slow"), []);
    await clock.advance(2_000);
    assert.deepEqual(seqs("slow"), [0, 1]);
    await clock.advance(1_000);
    assert.deepEqual(seqs("slow"), [0, 1, 2]);
  });

  it("are tried again when a post fails, without a frame lost or repeated", async () => {
    const { receivers, seqs, outbox, clock } = setUp();
    let failures = 3;
    outbox.before = () => {
      if (failures-- > 0) throw new Error("429");
    };
    receivers.add("c1");
    receivers.publish([delta(0), delta(1)]);
    await clock.until(receivers.idle());
    assert.deepEqual(seqs("c1"), [0, 1]);
    assert.ok(receivers.areThere);
  });

  it("are given up when posts go on failing, and can come back", async () => {
    const { receivers, seqs, outbox, clock } = setUp();
    outbox.before = () => {
      throw new Error("500");
    };
    receivers.add("c1");
    receivers.publish([delta(0)]);
    await clock.until(receivers.idle());
    assert.equal(receivers.areThere, false);
    outbox.before = undefined;
    receivers.bringUp("c1", -1);
    await receivers.idle();
    assert.ok(receivers.areThere);
    assert.deepEqual(seqs("c1"), [0]);
  });

  it("are deleted with their connection when they are gone", async () => {
    const { receivers, outbox, store, clock } = setUp();
    await store.putConnection({ connectionId: "c1", connectedAt: clock.now() });
    outbox.gone.add("c1");
    receivers.add("c1");
    receivers.publish([delta(0)]);
    await receivers.idle();
    assert.equal(receivers.areThere, false);
    assert.equal(await store.getConnection("c1"), undefined);
  });

  it("get nothing more after the turn is lost, not even what is being tried again", async () => {
    const { receivers, seqs, outbox, clock } = setUp();
    outbox.before = () => {
      throw new Error("429");
    };
    receivers.add("c1");
    receivers.publish([delta(0), delta(1)]);
    await settled();
    receivers.leave();
    outbox.before = undefined;
    await clock.until(receivers.idle());
    assert.deepEqual(seqs("c1"), []);
  });
});
