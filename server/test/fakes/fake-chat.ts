import {
  stringifyFrame,
  type ClientFrame,
  type ServerFrame,
} from "bedrock-chat-widget/protocol";
import { Budgets } from "../../src/chat/budgets.ts";
import { KillSwitch } from "../../src/chat/kill-switch.ts";
import {
  DEFAULT_BUDGETS,
  DEFAULT_LIMITS,
  DEFAULT_TIMING,
  DEFAULT_USAGE_LIMITS,
  type Budgets as BudgetLimits,
  type Limits,
  type Timing,
  type UsageLimits,
} from "../../src/chat/limits.ts";
import type { Meter } from "../../src/chat/meter.ts";
import type { ModelConfig, Store, TurnKey } from "../../src/chat/ports.ts";
import { Rates } from "../../src/chat/rates.ts";
import { Router } from "../../src/chat/router.ts";
import type { WorkerDeps } from "../../src/chat/turn-run.ts";
import { runTurn } from "../../src/chat/worker.ts";
import { PlainAuthTokens } from "./auth-tokens.ts";
import { MemoryMeter } from "./memory-meter.ts";
import { MemoryStore } from "./memory-store.ts";
import { RecordingLog } from "./recording-log.ts";
import { RecordingMetrics } from "./recording-metrics.ts";
import { RecordingOutbox } from "./recording-outbox.ts";
import { answer, ScriptedModel, type Step } from "./scripted-model.ts";
import { settled, VirtualClock } from "./virtual-clock.ts";
import { PlainTokens } from "./visitor-tokens.ts";
import { QueueingInvoker } from "./worker-invoker.ts";

export const CONVERSATION = "conversation-1";

const MODELS: readonly ModelConfig[] = [
  {
    id: "small",
    label: "Small",
    modelId: "vendor.small-v1:0",
    maxTokens: 1_000,
    contextTokens: 20_000,
    prices: { inputPerMillion: 1, outputPerMillion: 5 },
  },
  {
    id: "large",
    label: "Large",
    modelId: "vendor.large-v1:0",
    maxTokens: 4_000,
    contextTokens: 200_000,
    prices: { inputPerMillion: 3, outputPerMillion: 15 },
  },
];

export interface FakeChatOptions {
  readonly timing?: Partial<Timing>;
  readonly limits?: Partial<Limits>;
  readonly usage?: Partial<UsageLimits>;
  readonly budgets?: Partial<BudgetLimits>;
  readonly systemPrompt?: string;
  /** Names of tools that pages may offer. */
  readonly tools?: readonly string[];
  /** Whether users can sign in, and must. */
  readonly signIn?: "optional" | "required";
}

/** What an actor sees of something. */
export type Hold = <T extends object>(target: T) => T;

/** A frame as a test writes it: whatever has a type. */
export type Sent = ClientFrame | { readonly type: string };

/** Router, worker and all they need, in memory, on a clock that a test moves. */
export class FakeChat {
  readonly clock = new VirtualClock();
  readonly store = new MemoryStore({ clock: this.clock });
  readonly meter = new MemoryMeter();
  readonly model = new ScriptedModel(answer("Hello", " there."));
  readonly outbox = new RecordingOutbox();
  readonly workers = new QueueingInvoker();
  readonly tokens = new PlainTokens();
  readonly authTokens = new PlainAuthTokens(this.clock);
  readonly log = new RecordingLog();
  readonly metrics = new RecordingMetrics();
  readonly timing: Timing;
  readonly limits: Limits;
  readonly usage: UsageLimits;
  readonly budgets: BudgetLimits;
  /** What was told of the site's budgets, in percent. */
  readonly siteUse: number[] = [];
  readonly router: Router;
  /** How much time an invocation of the worker has. */
  workerTimeMs = 15 * 60_000;
  readonly #systemPrompt: string | undefined;
  readonly #tools: readonly string[];
  readonly #signIn: FakeChatOptions["signIn"];
  #ids = 0;
  readonly #visitorIds = new Map<string, string>();

  constructor({
    timing,
    limits,
    usage,
    budgets,
    systemPrompt,
    tools = [],
    signIn,
  }: FakeChatOptions = {}) {
    this.timing = { ...DEFAULT_TIMING, ...timing };
    this.limits = { ...DEFAULT_LIMITS, ...limits };
    this.usage = { ...DEFAULT_USAGE_LIMITS, ...usage };
    this.budgets = { ...DEFAULT_BUDGETS, ...budgets };
    this.#systemPrompt = systemPrompt;
    this.#tools = tools;
    this.#signIn = signIn;
    this.router = this.newRouter();
  }

  /** Another router on the same table; `hold` may make what it has in its hands misbehave. */
  newRouter(hold: Hold = (target) => target): Router {
    const metered = this.#metered(hold);
    return new Router({
      ...this.#common(hold),
      usage: this.usage,
      rates: new Rates(metered),
      killSwitch: new KillSwitch(metered),
      systemPrompt: this.#systemPrompt,
      workers: hold(this.workers),
      tokens: this.tokens,
      auth: this.#signIn && {
        tokens: hold(this.authTokens),
        anonymous: this.#signIn === "optional",
      },
      tools: this.#tools,
      newVisitorId: (connectionId) => {
        let id = this.#visitorIds.get(connectionId);
        id ??= `visitor-${++this.#ids}`;
        this.#visitorIds.set(connectionId, id);
        return id;
      },
    });
  }

  /** What a worker needs; `hold` may make it misbehave. */
  workerDeps(hold: Hold = (target) => target): WorkerDeps {
    return {
      ...this.#common(hold),
      model: this.model,
      random: () => 0.5,
      systemPrompt: this.#systemPrompt,
    };
  }

  /** Sends a frame (or a text that is none) through the router, and waits until it is served. */
  async frame(
    connectionId: string,
    frame: Sent | string,
    router = this.router,
  ): Promise<void> {
    const id = ++this.#ids;
    await router.message({
      connectionId,
      messageId: `message=${id}`,
      requestId: `request-${id}`,
      body:
        typeof frame === "string"
          ? frame
          : stringifyFrame(frame as ClientFrame),
    });
  }

  /** Opens a connection that is ready, and gives its token. */
  async open(
    connectionId: string,
    {
      visitorToken,
      conversationId,
      authToken,
      address,
    }: {
      visitorToken?: string;
      conversationId?: string;
      authToken?: string;
      address?: string;
    } = {},
  ): Promise<string> {
    await this.router.connect(connectionId, address);
    await this.frame(connectionId, {
      type: "hello",
      ...(visitorToken === undefined ? {} : { visitorToken }),
      ...(conversationId === undefined ? {} : { conversationId }),
      ...(authToken === undefined ? {} : { authToken }),
      client: { name: "test", version: "1", locale: "en" },
    });
    const ready = this.outbox.take(connectionId).at(-1);
    if (ready?.type !== "ready")
      throw new Error(`Not ready: ${JSON.stringify(ready)}`);
    return ready.visitorToken;
  }

  /** Asks a question. */
  ask(
    connectionId: string,
    turnId: string,
    text = `Question ${turnId}`,
    fields: Partial<Extract<ClientFrame, { type: "send" }>> = {},
  ): Promise<void> {
    return this.frame(connectionId, {
      type: "send",
      conversationId: CONVERSATION,
      turnId,
      text,
      ...fields,
    });
  }

  /** Starts the worker of a turn, as an invocation does; resolves when the function returns. */
  work(key: TurnKey, deps: WorkerDeps = this.workerDeps()): Promise<void> {
    return runTurn(deps, key, {
      deadline: this.clock.now() + this.workerTimeMs,
      requestId: "worker-request",
    });
  }

  /** Starts a worker for everything that was invoked, and moves time on until all have returned. */
  async workAll(): Promise<void> {
    const running = this.workers.queue.splice(0).map((key) => this.work(key));
    await this.clock.until(Promise.all(running));
    await settled();
  }

  /** Asks, answers, and gives the frames that the asking connection got. */
  async turn(
    connectionId: string,
    turnId: string,
    text?: string,
    fields?: Partial<Extract<ClientFrame, { type: "send" }>>,
  ): Promise<ServerFrame[]> {
    await this.ask(connectionId, turnId, text, fields);
    await this.workAll();
    return this.outbox.take(connectionId);
  }

  /** Opens `c1`, asks turn `t1` of a model that plays `script`, and gives the frames of the answer. */
  async answered(script: readonly Step[]): Promise<ServerFrame[]> {
    await this.open("c1");
    this.model.play(script);
    return (await this.turn("c1", "t1")).slice(1);
  }

  #metered(hold: Hold) {
    const { clock, log, timing, usage, budgets } = this;
    return {
      meter: hold<Meter>(this.meter),
      clock: hold(clock),
      log,
      timing,
      usage,
      budgets,
      models: MODELS,
      onSiteUse: (percent: number) => void this.siteUse.push(percent),
    };
  }

  #common(hold: Hold) {
    const { log, metrics, timing, limits } = this;
    return {
      store: hold<Store>(this.store),
      budgets: new Budgets(this.#metered(hold)),
      clock: hold(this.clock),
      outbox: hold(this.outbox),
      log,
      metrics,
      timing,
      limits,
      models: MODELS,
      defaultModel: "small",
    };
  }
}

/** The key of a turn in the conversation of most tests. */
export const keyOf = (turnId: string): TurnKey => ({
  conversationId: CONVERSATION,
  turnId,
});

/** The text that a connection was given. */
export const textIn = (frames: readonly ServerFrame[]): string =>
  frames
    .map((frame) => (frame.type === "text-delta" ? frame.text : ""))
    .join("");

/** The types of frames, in order. */
export const typesOf = (frames: readonly ServerFrame[]): string[] =>
  frames.map(({ type }) => type);
