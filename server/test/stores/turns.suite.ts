import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ResumeRequest, Store } from "../../src/chat/ports.ts";
import { ending, KEY, LATER, newTurn, race, turnEnd } from "./samples.ts";
import { RETENTION_MS, type WithStore } from "./store.suite.ts";

const BOTH = ["accepted", "running"] as const;

export function turnTests(withStore: WithStore): void {
  describe("questions", () => {
    it(
      "come back as they were put, accepted",
      withStore(async (store) => {
        assert.equal(await store.getTurn(KEY), undefined);
        const turn = newTurn({
          text: "Ünïcödé 👩‍👩‍👧 e\u0301 \u0000\n",
          context: {
            url: "https://example.org/?a=1#b",
            title: "",
            data: { "": [null, 1e300, -0.1, true, "", {}], "a.b": { c: [] } },
          },
          tools: [
            {
              name: "cart",
              description: "Looks into the cart.",
              inputSchema: { type: "object", "": null },
            },
          ],
          replacesFrom: 3,
          askedBy: { connectionId: "a=", plain: true },
        });
        assert.equal(await store.putTurn(turn), true);
        assert.deepEqual(await store.getTurn(KEY), {
          ...turn,
          state: "accepted",
          resumes: [],
        });
      }),
    );

    it(
      "are put once",
      withStore(async (store) => {
        assert.equal(await store.putTurn(newTurn({ text: "first" })), true);
        assert.equal(await store.putTurn(newTurn({ text: "second" })), false);
        assert.equal((await store.getTurn(KEY))?.text, "first");
        const elsewhere = newTurn({ conversationId: "c2" });
        assert.equal(await store.putTurn(elsewhere), true);
      }),
    );

    it(
      "are put by exactly one of a hundred at once",
      withStore(async (store) => {
        const winners = await race(
          100,
          async (i) =>
            (await store.putTurn(newTurn({ text: `by ${i}` }))) && `by ${i}`,
        );
        assert.equal(winners.length, 1);
        assert.equal((await store.getTurn(KEY))?.text, winners[0]);
      }),
    );

    it(
      "are gone after the retention, for every method",
      withStore(async (store, clock) => {
        await store.putTurn(newTurn({ text: "old" }));
        clock.advance(RETENTION_MS + 1_000);
        assert.equal(await store.getTurn(KEY), undefined);
        assert.deepEqual(await store.listTurns("c1", { limit: 5 }), []);
        assert.equal(await store.takeTurn(KEY, 1, LATER), undefined);
        assert.equal(await store.requestStop(KEY, 1), false);
        assert.equal(await store.endTurn(KEY, BOTH, ending()), undefined);
        assert.equal(await store.rateTurn(KEY, "up", undefined), false);
        assert.equal(await store.putTurn(newTurn({ text: "new" })), true);
        assert.equal((await store.getTurn(KEY))?.text, "new");
      }),
    );
  });

  describe("taking a turn", () => {
    it(
      "makes it running, once",
      withStore(async (store) => {
        assert.equal(await store.takeTurn(KEY, 1, LATER), undefined);
        const turn = newTurn({ leaseUntil: 100 });
        await store.putTurn(turn);
        const taken = {
          ...turn,
          state: "running",
          leaseUntil: 300,
          resumes: [],
        };
        assert.deepEqual(await store.takeTurn(KEY, 99, 300), taken);
        assert.deepEqual(await store.getTurn(KEY), taken);
        assert.equal(await store.takeTurn(KEY, 99, 400), undefined);
        assert.deepEqual(await store.getTurn(KEY), taken);
      }),
    );

    it(
      "fails when its lease has expired",
      withStore(async (store) => {
        await store.putTurn(newTurn({ leaseUntil: 100 }));
        assert.equal(await store.takeTurn(KEY, 100, 300), undefined);
        assert.equal((await store.getTurn(KEY))?.state, "accepted");
      }),
    );

    it(
      "succeeds for exactly one of a hundred workers",
      withStore(async (store) => {
        await store.putTurn(newTurn());
        const taken = await race(100, (i) => store.takeTurn(KEY, 1, LATER + i));
        assert.equal(taken.length, 1);
        assert.deepEqual(taken[0], await store.getTurn(KEY));
      }),
    );
  });

  describe("a running turn", () => {
    it(
      "keeps its lease as long as it runs",
      withStore(async (store) => {
        assert.equal(await store.renewLease(KEY, LATER), undefined);
        assert.equal(await store.getTurn(KEY), undefined);
        await store.putTurn(newTurn({ leaseUntil: 100 }));
        assert.equal(await store.renewLease(KEY, LATER), undefined);
        await store.takeTurn(KEY, 1, 200);
        assert.equal((await store.renewLease(KEY, 300))?.leaseUntil, 300);
        await store.endTurn(KEY, ["running"], ending());
        assert.equal(await store.renewLease(KEY, 400), undefined);
        assert.equal((await store.getTurn(KEY))?.leaseUntil, undefined);
      }),
    );

    it(
      "learns of a stop and of resumes, in the order in which they came",
      withStore(async (store) => {
        const requests: ResumeRequest[] = [
          { connectionId: "b=", lastSeq: -1 },
          { connectionId: "a=", lastSeq: 12 },
          { connectionId: "b=", lastSeq: 3 },
        ];
        assert.equal(await store.requestStop(KEY, 5), false);
        assert.equal(await store.requestResume(KEY, requests[0]!), false);
        assert.equal(await store.getTurn(KEY), undefined);
        await store.putTurn(newTurn());
        assert.equal(await store.requestResume(KEY, requests[0]!), true);
        await store.takeTurn(KEY, 1, LATER);
        assert.equal(await store.requestResume(KEY, requests[1]!), true);
        assert.equal(await store.requestStop(KEY, 5), true);
        assert.equal(await store.requestResume(KEY, requests[2]!), true);
        const turn = await store.renewLease(KEY, LATER);
        assert.equal(turn?.stopRequestedAt, 5);
        assert.deepEqual(turn.resumes, requests);
        const before = await store.endTurn(KEY, ["running"], ending());
        assert.equal(before?.stopRequestedAt, 5);
        assert.deepEqual(before.resumes, requests);
        assert.equal(await store.requestStop(KEY, 6), false);
        assert.equal(await store.requestResume(KEY, requests[0]!), false);
      }),
    );

    it(
      "can be stopped before a worker has it",
      withStore(async (store) => {
        await store.putTurn(newTurn());
        assert.equal(await store.requestStop(KEY, 5), true);
        assert.equal((await store.getTurn(KEY))?.stopRequestedAt, 5);
      }),
    );

    it(
      "hands every resume that was accepted to whoever ends it",
      withStore(async (store) => {
        await store.putTurn(newTurn());
        await store.takeTurn(KEY, 1, LATER);
        const accepted: string[] = [];
        const refused: string[] = [];
        const resume = async (i: number) => {
          const connectionId = `a${i}`;
          const inTime = await store.requestResume(KEY, {
            connectionId,
            lastSeq: i,
          });
          (inTime ? accepted : refused).push(connectionId);
          return undefined;
        };
        const [before] = await race(60, (i) =>
          i === 30 ? store.endTurn(KEY, ["running"], ending()) : resume(i),
        );
        assert.equal(accepted.length + refused.length, 59);
        assert.deepEqual(
          before?.resumes.map(({ connectionId }) => connectionId).sort(),
          accepted.sort(),
        );
      }),
    );
  });

  describe("results of tools", () => {
    const result = { toolCallId: "call-1", output: { items: [3, null] } };
    const taken = async (store: Store): Promise<void> => {
      await store.putTurn(newTurn());
      await store.takeTurn(KEY, 0, LATER);
    };

    it(
      "are kept in the order in which they came",
      withStore(async (store) => {
        await taken(store);
        const failed = { toolCallId: "call-2", error: "Closed." };
        assert.equal(await store.putToolResult(KEY, result, 2), true);
        assert.equal(await store.putToolResult(KEY, failed, 2), true);
        const turn = await store.getTurn(KEY);
        assert.deepEqual(turn?.toolResults, [result, failed]);
      }),
    );

    it(
      "count once a call, however many come at once, and up to a number",
      withStore(async (store) => {
        await taken(store);
        const put = (toolCallId: string, output: number) =>
          store.putToolResult(KEY, { toolCallId, output }, 2);
        assert.equal((await race(20, (i) => put("a", i))).length, 1);
        assert.equal((await race(20, (i) => put(`b${i}`, i))).length, 1);
        assert.equal((await store.getTurn(KEY))?.toolResults?.length, 2);
      }),
    );

    it(
      "are taken by a running turn only, and go with its end",
      withStore(async (store) => {
        assert.equal(await store.putToolResult(KEY, result, 9), false);
        await store.putTurn(newTurn());
        assert.equal(await store.putToolResult(KEY, result, 9), false);
        await store.takeTurn(KEY, 0, LATER);
        assert.equal(await store.putToolResult(KEY, result, 9), true);
        await store.endTurn(KEY, BOTH, ending());
        assert.equal((await store.getTurn(KEY))?.toolResults, undefined);
        const late = { toolCallId: "late", output: 1 };
        assert.equal(await store.putToolResult(KEY, late, 9), false);
      }),
    );
  });

  describe("ending a turn", () => {
    it(
      "stores the answer and gives the turn as it was",
      withStore(async (store) => {
        assert.equal(await store.endTurn(KEY, BOTH, ending()), undefined);
        const turn = newTurn();
        await store.putTurn(turn);
        const running = await store.takeTurn(KEY, 1, LATER);
        const end = ending({ answer: "Zwölf 🧵\n", state: "stopped" });
        assert.deepEqual(await store.endTurn(KEY, ["running"], end), running);
        const { leaseUntil, ...rest } = turn;
        assert.ok(leaseUntil);
        const ended = await store.getTurn(KEY);
        assert.deepEqual(
          { ...ended, resumes: [] },
          {
            ...rest,
            ...end,
            resumes: [],
          },
        );
        assert.equal(ended && "leaseUntil" in ended, false);
      }),
    );

    it(
      "happens once, and only from the states named",
      withStore(async (store) => {
        await store.putTurn(newTurn());
        const end = ending();
        assert.equal(await store.endTurn(KEY, ["running"], end), undefined);
        assert.ok(await store.endTurn(KEY, ["accepted"], end));
        const failed = ending({ state: "failed", answer: "other" });
        assert.equal(await store.endTurn(KEY, BOTH, failed), undefined);
        assert.equal((await store.getTurn(KEY))?.state, "complete");

        const second = { ...KEY, turnId: "t2" };
        await store.putTurn(newTurn(second));
        await store.takeTurn(second, 1, LATER);
        assert.equal(await store.endTurn(second, ["accepted"], end), undefined);
        assert.ok(await store.endTurn(second, BOTH, end));
      }),
    );

    it(
      "is done by exactly one of a hundred at once",
      withStore(async (store) => {
        await store.putTurn(newTurn());
        await store.takeTurn(KEY, 1, LATER);
        const winners = await race(100, async (i) => {
          const answer = `by ${i}`;
          const before = await store.endTurn(KEY, BOTH, ending({ answer }));
          return before && answer;
        });
        assert.equal(winners.length, 1);
        assert.equal((await store.getTurn(KEY))?.answer, winners[0]);
      }),
    );

    it(
      "keeps an answer of 300,000 bytes to the character",
      withStore(async (store) => {
        await store.putTurn(newTurn({ text: "x".repeat(30_000) }));
        const answer = "a€𝄞".repeat(37_500);
        await store.endTurn(KEY, ["accepted"], ending({ answer }));
        assert.equal((await store.getTurn(KEY))?.answer, answer);
      }),
    );

    it(
      "keeps how a failed turn ended",
      withStore(async (store) => {
        const lastFrame = {
          type: "error",
          code: "stream_truncated",
          message: "The answer broke off.",
          retryable: true,
          requestId: "r1",
          turnId: "t1",
          seq: 4,
        } as const;
        await store.putTurn(newTurn());
        const end = ending({ state: "failed", lastFrame });
        await store.endTurn(KEY, ["accepted"], end);
        assert.deepEqual((await store.getTurn(KEY))?.lastFrame, lastFrame);
      }),
    );
  });

  describe("ratings", () => {
    it(
      "belong to ended turns, the last one counts",
      withStore(async (store) => {
        assert.equal(await store.rateTurn(KEY, "up", undefined), false);
        assert.equal(await store.getTurn(KEY), undefined);
        await store.putTurn(newTurn());
        assert.equal(await store.rateTurn(KEY, "up", undefined), false);
        await store.takeTurn(KEY, 1, LATER);
        assert.equal(await store.rateTurn(KEY, "up", undefined), false);
        await store.endTurn(KEY, ["running"], ending());
        assert.equal(await store.rateTurn(KEY, "up", "grand 🎉"), true);
        const rated = await store.getTurn(KEY);
        assert.deepEqual([rated?.rating, rated?.comment], ["up", "grand 🎉"]);
        assert.equal(await store.rateTurn(KEY, "down", undefined), true);
        const again = await store.getTurn(KEY);
        assert.equal(again?.rating, "down");
        assert.equal("comment" in again, false);
      }),
    );
  });

  describe("listing turns", () => {
    it(
      "goes from the newest back, by order and not by id",
      withStore(async (store) => {
        // Orders with two digits, put in another order than their own.
        const orders = [7, 12, 3, 100, 1, 9, 11, 2];
        for (const order of orders)
          await store.putTurn(newTurn({ turnId: `t${200 - order}`, order }));
        await store.putTurn(newTurn({ conversationId: "c2", order: 5 }));
        const list = async (limit: number, before?: number) =>
          (await store.listTurns("c1", { limit, before })).map(
            ({ order }) => order,
          );
        assert.deepEqual(await list(50), [100, 12, 11, 9, 7, 3, 2, 1]);
        assert.deepEqual(await list(3), [100, 12, 11]);
        assert.deepEqual(await list(3, 11), [9, 7, 3]);
        assert.deepEqual(await list(3, 3), [2, 1]);
        assert.deepEqual(await list(3, 1), []);
      }),
    );

    it(
      "gives whole turns, ended or not",
      withStore(async (store) => {
        await store.putTurn(newTurn());
        await store.endTurn(KEY, ["accepted"], ending());
        const second = { ...KEY, turnId: "t2" };
        await store.putTurn(newTurn({ ...second, order: 2 }));
        assert.deepEqual(await store.listTurns("c1", { limit: 5 }), [
          await store.getTurn(second),
          await store.getTurn(KEY),
        ]);
      }),
    );

    it(
      "pages through a long conversation without losing or repeating a turn",
      withStore(async (store) => {
        await putMany(store, 230);
        const seen: number[] = [];
        for (let before: number | undefined; ; before = seen.at(-1)) {
          const page = await store.listTurns("c1", { before, limit: 50 });
          seen.push(...page.map(({ order }) => order));
          if (page.length < 50) break;
        }
        assert.deepEqual(
          seen,
          Array.from({ length: 230 }, (_, i) => 230 - i),
        );
        const all = await store.listTurns("c1", { limit: 1_000 });
        assert.deepEqual(
          all.map(({ order }) => order),
          seen,
        );
      }),
    );

    it(
      "reads turns of more bytes than one call gives",
      withStore(async (store) => {
        const answer = "€".repeat(120_000);
        await Promise.all(
          Array.from({ length: 50 }, async (_, i) => {
            const key = { ...KEY, turnId: `t${i}` };
            await store.putTurn(newTurn({ ...key, order: i + 1 }));
            await store.endTurn(
              key,
              ["accepted"],
              ending({ answer, lastFrame: turnEnd({ turnId: key.turnId }) }),
            );
          }),
        );
        const turns = await store.listTurns("c1", { limit: 50 });
        assert.equal(turns.length, 50);
        assert.ok(turns.every((turn) => turn.answer === answer));
      }),
    );

    it(
      "passes over expired turns and fills the page from what is left",
      withStore(async (store, clock) => {
        const put = (order: number) =>
          store.putTurn(newTurn({ turnId: `t${order}`, order }));
        // The order is the counter's, the expiry the clock's: not the same thing.
        for (const order of [2, 4, 6, 8]) await put(order);
        clock.advance(RETENTION_MS / 2);
        for (const order of [1, 3, 5, 7]) await put(order);
        clock.advance(RETENTION_MS / 2 + 1_000);
        const turns = await store.listTurns("c1", { limit: 3 });
        assert.deepEqual(
          turns.map(({ order }) => order),
          [7, 5, 3],
        );
      }),
    );
  });
}

async function putMany(store: Store, count: number): Promise<void> {
  for (let from = 1; from <= count; from += 50)
    await Promise.all(
      Array.from({ length: Math.min(50, count - from + 1) }, (_, i) =>
        store.putTurn(newTurn({ turnId: `t${from + i}`, order: from + i })),
      ),
    );
}
