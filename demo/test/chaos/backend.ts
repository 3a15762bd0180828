/** The backend of a chaos run: the real rules of router and worker over a store in memory, in invocations that may die. */
import { ChatError } from "../../../server/src/chat/errors.ts";
import { Budgets } from "../../../server/src/chat/budgets.ts";
import { estimateTokens } from "../../../server/src/chat/context.ts";
import { KillSwitch } from "../../../server/src/chat/kill-switch.ts";
import {
  DEFAULT_BUDGETS,
  DEFAULT_LIMITS,
  DEFAULT_TIMING,
  DEFAULT_USAGE_LIMITS,
} from "../../../server/src/chat/limits.ts";
import type { Meter } from "../../../server/src/chat/meter.ts";
import type {
  Store,
  Turn,
  TurnKey,
  WorkerInvoker,
} from "../../../server/src/chat/ports.ts";
import { Rates } from "../../../server/src/chat/rates.ts";
import { Router } from "../../../server/src/chat/router.ts";
import { runTurn } from "../../../server/src/chat/worker.ts";
import { MemoryMeter } from "../../../server/test/fakes/memory-meter.ts";
import { MemoryStore } from "../../../server/test/fakes/memory-store.ts";
import { RecordingLog } from "../../../server/test/fakes/recording-log.ts";
import { RecordingMetrics } from "../../../server/test/fakes/recording-metrics.ts";
import type { VirtualClock } from "../../../server/test/fakes/virtual-clock.ts";
import { PlainTokens } from "../../../server/test/fakes/visitor-tokens.ts";
import { later } from "./later.ts";
import { faulty, Life } from "./mortal.ts";
import type { Backend, Network } from "./network.ts";
import type { Oracle } from "./oracle.ts";
import type { Random } from "./random.ts";

const MODELS = [
  {
    id: "oracle",
    label: "Oracle",
    modelId: "test.oracle-v1:0",
    maxTokens: 100_000,
    contextTokens: 1_000_000,
  },
];
const WORKER_SECONDS = 900;
/** A storm makes more frames than any visitor. What is reserved is counted as always, and is never too much. */
const USAGE = {
  ...DEFAULT_USAGE_LIMITS,
  addressConnectsPerMinute: 0,
  addressVisitorsPerMinute: 0,
  addressQuestionsPerMinute: 0,
  connectionFramesPerMinute: 0,
  visitorQuestionsPerMinute: 0,
  visitorTokensPerDay: 1e12,
  addressTokensPerHour: 1e12,
};
const BUDGETS = {
  ...DEFAULT_BUDGETS,
  tokensPerDay: 1e12,
  tokensPerMonth: 1e12,
};
/** More than one question reserves. */
const RESERVATION = 1_000_000;
/** Text that the model has said and that is in no frame yet. */
const UNWRITTEN = 500;

/** Probabilities of each fault. */
export interface Trouble {
  readonly throttleStore: number;
  readonly loseStoreAnswer: number;
  readonly killRouter: number;
  readonly repeatInvocation: number;
  readonly loseInvocation: number;
}

export const NO_TROUBLE: Trouble = {
  throttleStore: 0,
  loseStoreAnswer: 0,
  killRouter: 0,
  repeatInvocation: 0,
  loseInvocation: 0,
};

export class ChaosBackend implements Backend, WorkerInvoker {
  trouble: Trouble = NO_TROUBLE;
  readonly log = new RecordingLog();
  readonly #metrics = new RecordingMetrics();
  readonly store: MemoryStore;
  readonly meter = new MemoryMeter();
  /** Turns whose worker was killed or never came, and turns that met a failing store: these may end before their text does. */
  readonly damaged = new Set<string>();
  readonly #clock: VirtualClock;
  readonly #random: Random;
  readonly #network: Network;
  readonly #oracle: Oracle;
  readonly #workers = new Map<Life, TurnKey>();
  /** Invocations that were killed, and calls of table and meter that failed: each may leave a reservation behind. */
  #losses = 0;
  #invocations = 0;

  constructor(
    clock: VirtualClock,
    random: Random,
    network: Network,
    oracle: Oracle,
  ) {
    this.#clock = clock;
    this.#random = random;
    this.#network = network;
    this.#oracle = oracle;
    this.store = new MemoryStore({ clock });
    network.serve(this);
  }

  connect(connectionId: string): Promise<void> {
    return this.#router(new Life())
      .connect(connectionId)
      .then(() => undefined);
  }

  disconnect(connectionId: string): Promise<void> {
    return this.#router(new Life()).disconnect(connectionId);
  }

  async message(connectionId: string, body: string): Promise<void> {
    const life = new Life();
    const requestId = `request-${++this.#invocations}`;
    // A question that is stored while its router dies or meets a failing store may never get its worker.
    const turnId = /"type":"send".*"turnId":"([^"]+)"/.exec(body)?.[1];
    if (this.#random.chance(this.trouble.killRouter)) {
      later(this.#clock, this.#random.between(0, 150), () => {
        life.end();
        this.#losses++;
        this.#damage(turnId);
        // What API Gateway writes when its integration fails.
        const text = `{"message": "Internal server error", "connectionId":"${connectionId}", "requestId":"${requestId}"}`;
        void this.#network.post(connectionId, text).catch(() => undefined);
      });
    }
    await this.#router(life, turnId).message({
      connectionId,
      requestId,
      messageId: requestId,
      body,
    });
  }

  start(key: TurnKey): Promise<void> {
    if (this.#random.chance(this.trouble.loseInvocation))
      this.damaged.add(key.turnId);
    else
      later(this.#clock, this.#random.between(5, 400), () => this.#work(key));
    if (this.#random.chance(this.trouble.repeatInvocation))
      later(this.#clock, this.#random.between(5, 90_000), () =>
        this.#work(key),
      );
    return Promise.resolve();
  }

  killAWorker(): void {
    const running = [...this.#workers];
    if (running.length === 0) return;
    const [life, key] = this.#random.pick(running);
    life.end();
    this.#losses++;
    this.#workers.delete(life);
    this.damaged.add(key.turnId);
  }

  /** What is wrong with the counters: each holds what was used, and what the losses may have left behind. */
  budgetComplaints(): string[] {
    const { turns } = this.store;
    const least = sumOf(turns, usedAtLeast);
    const most = sumOf(turns, usedAtMost) + this.#losses * RESERVATION;
    const complaints = [...this.meter.held]
      .filter(([name]) => !name.includes("#"))
      .filter(([, { used }]) => used < least || used > most)
      .map(
        ([name, { used }]) =>
          `${name} counts ${used} tokens and not ${least} to ${most}, after ${this.#losses} losses`,
      );
    const running = turns.filter(isOpen).length;
    const taken = this.meter.holders(this.#clock.now()).length;
    if (taken > running + this.#losses)
      complaints.push(
        `${taken} slots are taken by ${running} turns, after ${this.#losses} losses`,
      );
    return complaints;
  }

  #damage(turnId: string | undefined): void {
    if (turnId !== undefined) this.damaged.add(turnId);
  }

  #router(life: Life, turnId?: string): Router {
    return new Router({
      ...this.#ports(life, turnId),
      workers: life.of<WorkerInvoker>(this),
      tokens: life.of(new PlainTokens()),
      models: MODELS,
      defaultModel: "oracle",
      usage: USAGE,
      rates: new Rates(this.#metered(life, turnId)),
      killSwitch: new KillSwitch(this.#metered(life, turnId)),
      newVisitorId: (connectionId) => `visitor-of-${connectionId}`,
    });
  }

  #work(key: TurnKey): void {
    const life = new Life();
    this.#workers.set(life, key);
    const deadline = this.#clock.now() + WORKER_SECONDS * 1_000;
    runTurn(
      {
        ...this.#ports(life, key.turnId),
        model: this.#oracle,
        random: () => this.#random.next(),
        models: MODELS,
        defaultModel: "oracle",
        systemPrompt: undefined,
      },
      key,
      { deadline, requestId: `worker-${++this.#invocations}` },
    ).then(
      () => this.#workers.delete(life),
      () => {
        // Retries are off: a worker that throws is not started again.
        this.#workers.delete(life);
        this.damaged.add(key.turnId);
      },
    );
  }

  #ports(life: Life, turnId: string | undefined) {
    return {
      store: life.of(this.#troubled<Store>(this.store, turnId)),
      budgets: new Budgets(this.#metered(life, turnId)),
      outbox: life.of(this.#network),
      clock: life.of(this.#clock),
      log: this.log,
      metrics: this.#metrics,
      timing: DEFAULT_TIMING,
      limits: DEFAULT_LIMITS,
      random: () => this.#random.next(),
    };
  }

  #metered(life: Life, turnId: string | undefined) {
    return {
      meter: life.of(this.#troubled<Meter>(this.meter, turnId)),
      clock: life.of(this.#clock),
      log: this.log,
      timing: DEFAULT_TIMING,
      usage: USAGE,
      budgets: BUDGETS,
      models: MODELS,
    };
  }

  #troubled<T extends object>(target: T, turnId: string | undefined): T {
    const failure = (): ChatError => {
      this.#losses++;
      this.#damage(turnId);
      return new ChatError("internal", "DynamoDB throttled the request.");
    };
    return faulty<T>(
      target,
      async () => {
        await this.#clock.sleep(this.#random.between(1, 20));
        if (this.#random.chance(this.trouble.throttleStore)) throw failure();
        return this.#random.chance(this.trouble.loseStoreAnswer)
          ? "lose the answer"
          : "answer";
      },
      failure,
    );
  }
}

const isOpen = ({ state }: Turn): boolean =>
  state === "accepted" || state === "running";

const sumOf = (
  turns: readonly Turn[],
  amount: (turn: Turn) => number,
): number => turns.reduce((sum, turn) => sum + amount(turn), 0);

/** What the model has said that the turn used; of a turn that did not come to its end nobody knows. */
function usedAtLeast({ state, lastFrame }: Turn): number {
  if (state !== "complete" || lastFrame?.type !== "turn-end") return 0;
  const { inputTokens, outputTokens } = lastFrame.usage;
  return inputTokens + outputTokens;
}

function usedAtMost(turn: Turn): number {
  if (isOpen(turn)) return RESERVATION;
  if (turn.state === "complete") return usedAtLeast(turn);
  const { inputTokens = 0 } = turn.reservation ?? {};
  return inputTokens + estimateTokens(turn.answer ?? "") + UNWRITTEN;
}
