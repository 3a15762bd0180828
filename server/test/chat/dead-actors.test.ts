/** Every actor may die after any of its writes: the next frame that meets what it left brings it to an end. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ServerFrame } from "bedrock-chat-widget/protocol";
import {
  CONVERSATION,
  FakeChat,
  keyOf,
  textIn,
  type Sent,
} from "../fakes/fake-chat.ts";
import { Mortal } from "../fakes/mortal.ts";
import type { Step } from "../fakes/scripted-model.ts";
import { settled } from "../fakes/virtual-clock.ts";

/** Longer than any lease. */
const LEASES = 80_000;
/** Tokens that a question reserves, and more than a call of the model uses. */
const RESERVATION = 1_100;
const SAID = 100;
const WORDS = ["one ", "two ", "three ", "four ", "five"];

/** Says its words slowly, so that each becomes a frame. */
const words = (chat: FakeChat): Step[] => [
  { type: "start" },
  ...WORDS.flatMap((text): Step[] => [
    { type: "text", text },
    () => chat.clock.sleep(1_600),
  ]),
  { type: "stop", stopReason: "end_turn" },
];

interface Scene {
  readonly chat: FakeChat;
  readonly visitorToken: string;
}

async function scene(): Promise<Scene> {
  const chat = new FakeChat();
  const visitorToken = await chat.open("c1");
  chat.model.play(words(chat));
  return { chat, visitorToken };
}

/** Plays a scene in which the mortal does its part, as far as it comes. */
type Act = (scene: Scene, mortal: Mortal) => Promise<void>;

const ACTS: Readonly<Record<string, Act>> = {
  "the router that accepts the question": async ({ chat }, mortal) => {
    const router = chat.newRouter(mortal.hold);
    void chat.frame("c1", send("t1"), router);
    await settled();
  },
  "the worker": async ({ chat }, mortal) => {
    await chat.frame("c1", send("t1"));
    chat.workers.queue.length = 0;
    void chat.work(keyOf("t1"), chat.workerDeps(mortal.hold));
    await chat.clock.advance(12_000);
  },
  "the router that stops a turn nobody has begun": async ({ chat }, mortal) => {
    await chat.frame("c1", send("t1"));
    chat.workers.queue.length = 0;
    const router = chat.newRouter(mortal.hold);
    void chat.frame("c1", { type: "stop", ...keyOf("t1") }, router);
    await settled();
  },
  "the worker of a turn that is stopped": async ({ chat }, mortal) => {
    await chat.frame("c1", send("t1"));
    chat.workers.queue.length = 0;
    void chat.work(keyOf("t1"), chat.workerDeps(mortal.hold));
    await chat.clock.advance(2_000);
    await chat.frame("c1", { type: "stop", ...keyOf("t1") });
    await chat.clock.advance(2_000);
  },
  "the router that ends a dead worker's turn": async (
    { chat, visitorToken },
    mortal,
  ) => {
    await chat.frame("c1", send("t1"));
    chat.workers.queue.length = 0;
    const worker = new Mortal(4);
    void chat.work(keyOf("t1"), chat.workerDeps(worker.hold));
    await chat.clock.advance(LEASES);
    await chat.open("c0", { visitorToken });
    const router = chat.newRouter(mortal.hold);
    void chat.frame(
      "c0",
      { type: "history", conversationId: CONVERSATION },
      router,
    );
    await settled();
  },
};

const send = (turnId: string): Sent => ({
  type: "send",
  ...keyOf(turnId),
  text: `Question ${turnId}`,
});

/** Frames that come to what the dead left, each on a connection of its own. */
const VISITS: Readonly<
  Record<string, (scene: Scene, connectionId: string) => Promise<void>>
> = {
  hello: async ({ chat, visitorToken }, connectionId) => {
    await chat.open(connectionId, {
      visitorToken,
      conversationId: CONVERSATION,
    });
  },
  resume: async ({ chat, visitorToken }, connectionId) => {
    await chat.open(connectionId, { visitorToken });
    const frame = { type: "resume", ...keyOf("t1"), lastSeq: -1 };
    await chat.frame(connectionId, frame);
  },
  send: async ({ chat, visitorToken }, connectionId) => {
    await chat.open(connectionId, { visitorToken });
    await chat.frame(connectionId, send("t2"));
  },
  "the same send": async ({ chat, visitorToken }, connectionId) => {
    await chat.open(connectionId, { visitorToken });
    await chat.frame(connectionId, send("t1"));
  },
  history: async ({ chat, visitorToken }, connectionId) => {
    await chat.open(connectionId, { visitorToken });
    const frame = { type: "history", conversationId: CONVERSATION };
    await chat.frame(connectionId, frame);
  },
};

const endOf = (frames: readonly ServerFrame[]): ServerFrame | undefined =>
  frames.findLast(
    (frame) =>
      frame.type === "turn-end" ||
      (frame.type === "error" && frame.seq !== undefined),
  );

/** What has to hold after the visit, whoever died when. */
async function assertHealed({ chat, visitorToken }: Scene): Promise<void> {
  await chat.workAll();
  const turn = await chat.store.getTurn(keyOf("t1"));
  if (turn) {
    assert.ok(
      ["complete", "stopped", "failed"].includes(turn.state),
      `t1 is ${turn.state}`,
    );
    assert.ok(WORDS.join("").startsWith(turn.answer ?? "?"));
    if (turn.state === "complete") assert.equal(turn.answer, WORDS.join(""));
    const log = await chat.store.listFrames(keyOf("t1"), -1);
    assert.deepEqual(log.at(-1), turn.lastFrame);
    assert.equal(textIn(log), turn.answer);
  }
  const asked = chat.model.requests.filter(
    ({ messages }) => messages.at(-1)?.content.at(-1) === "Question t1",
  );
  assert.ok(asked.length <= 1, `t1 was asked ${asked.length} times`);

  await chat.open("late", { visitorToken, conversationId: CONVERSATION });
  await chat.frame("late", { type: "resume", ...keyOf("t1"), lastSeq: -1 });
  const frames = chat.outbox.take("late");
  if (turn) {
    assert.deepEqual(endOf(frames), turn.lastFrame);
    assert.equal(textIn(frames), turn.answer);
  } else {
    assert.ok(frames[0]?.type === "error" && frames[0].code === "not_found");
  }

  // Whoever died left no more than what one question reserves; the rest is what was really said.
  const { used = 0 } = chat.meter.held.get("site-day") ?? {};
  const most = RESERVATION + SAID * chat.model.requests.length;
  assert.ok(used >= 0 && used <= most, `${used} tokens are counted`);
  const { slotLeaseMs } = chat.timing;
  assert.ok(chat.meter.holders(chat.clock.now()).length <= 1);
  assert.deepEqual(chat.meter.holders(chat.clock.now() + slotLeaseMs), []);

  chat.model.play(words(chat));
  const next = await chat.turn("late", "t9");
  assert.equal(next.at(-1)?.type, "turn-end");
  assert.equal(textIn(next), WORDS.join(""));
  const conversation = await chat.store.getConversation(CONVERSATION);
  assert.equal(conversation?.active, undefined);
}

for (const [who, act] of Object.entries(ACTS))
  describe(`after ${who} died`, () => {
    for (const [what, visit] of Object.entries(VISITS))
      it(`${what} brings everything to an end, whenever it was`, async () => {
        for (let writes = 0; ; writes++) {
          const mortal = new Mortal(writes);
          const at = await scene();
          await act(at, mortal);
          await at.chat.clock.advance(LEASES);
          await visit(at, "visitor");
          try {
            await assertHealed(at);
          } catch (error) {
            const last = mortal.writes.join(", ");
            throw new Error(`Died after [${last}].`, { cause: error });
          }
          if (!mortal.isDead) break;
        }
      });
  });
