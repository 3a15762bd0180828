import type { Rating, TurnFrame } from "bedrock-chat-widget/protocol";
import type { Window } from "../../src/chat/meter.ts";
import type {
  ActiveTurn,
  Clock,
  Connection,
  Conversation,
  NewTurn,
  ResumeRequest,
  ToolResult,
  Store,
  Turn,
  TurnEnding,
  TurnKey,
} from "../../src/chat/ports.ts";

const HOUR = 3_600_000;
const CONNECTION_LIFE = 2.25 * HOUR;
const FRAMES_LIFE = HOUR;

interface Kept<T> {
  value: T;
  readonly until: number;
}

interface ConversationRecord {
  readonly conversationId: string;
  readonly visitorId: string;
  turnCount: number;
  contextTokens?: number;
  active?: ActiveTurn & { readonly order: number };
}

const clone = <T>(value: T): T => structuredClone(value);
function without<T, K extends keyof T>(value: T, key: K): Omit<T, K> {
  const rest = { ...value };
  delete rest[key];
  return rest;
}
const keyOf = ({ conversationId, turnId }: TurnKey): string =>
  `${conversationId}#${turnId}`;
const isOpen = (turn: Turn): boolean =>
  turn.state === "accepted" || turn.state === "running";

/** The store's port in memory: the same conditions, the same lifetimes, nothing shared with the caller. */
export class MemoryStore implements Store {
  readonly #clock: Clock;
  readonly #retentionMs: number;
  readonly #connections = new Map<string, Kept<Connection>>();
  readonly #frameCounts = new Map<string, { from: number; frames: number }>();
  readonly #members = new Map<string, Map<string, number>>();
  readonly #conversations = new Map<string, Kept<ConversationRecord>>();
  readonly #turns = new Map<string, Kept<Turn>>();
  readonly #frames = new Map<string, Map<number, Kept<TurnFrame[]>>>();

  constructor({
    clock,
    retentionMs = 30 * 24 * HOUR,
  }: {
    readonly clock: Clock;
    readonly retentionMs?: number;
  }) {
    this.#clock = clock;
    this.#retentionMs = retentionMs;
  }

  /** Every turn, of whatever conversation. */
  get turns(): Turn[] {
    return [...this.#turns.values()].map(({ value }) => clone(value));
  }

  /** Everything that is stored of a conversation, for tests of `forget`. */
  remainsOf(conversationId: string): string[] {
    const of = (key: string): boolean => key.startsWith(`${conversationId}#`);
    return [
      ...[...this.#conversations.keys()].filter((id) => id === conversationId),
      ...[...this.#turns.keys()].filter(of),
      ...[...this.#frames.keys()].filter(of).map((key) => `frames ${key}`),
      ...[...(this.#members.get(conversationId)?.keys() ?? [])],
    ];
  }

  async putConnection(connection: Connection): Promise<void> {
    await this.#turn();
    this.#connections.set(connection.connectionId, {
      value: clone(connection),
      until: this.#clock.now() + CONNECTION_LIFE,
    });
    if (connection.conversationId !== undefined)
      this.#join(connection, connection.conversationId);
  }

  async getConnection(connectionId: string): Promise<Connection | undefined> {
    await this.#turn();
    return clone(this.#alive(this.#connections.get(connectionId)));
  }

  async countFrame(
    connectionId: string,
    { from }: Window,
    most: number,
  ): ReturnType<Store["countFrame"]> {
    await this.#turn();
    const connection = this.#alive(this.#connections.get(connectionId));
    if (!connection) return { outcome: "unknown" };
    const before = this.#frameCounts.get(connectionId);
    const frames = (before?.from === from ? before.frames : 0) + 1;
    if (frames > most + 1) return { outcome: "over" };
    this.#frameCounts.set(connectionId, { from, frames });
    return { outcome: "counted", connection: clone(connection), frames };
  }

  async identifyConnection(
    connectionId: string,
    visitorId: string,
    signedInUntil?: number,
  ): Promise<boolean> {
    await this.#turn();
    const kept = this.#connections.get(connectionId);
    const connection = this.#alive(kept);
    if (!kept || !connection) return false;
    kept.value = {
      ...without(connection, "signedInUntil"),
      visitorId,
      ...(signedInUntil === undefined ? {} : { signedInUntil }),
    };
    return true;
  }

  async joinConversation(
    connectionId: string,
    conversationId: string,
  ): Promise<void> {
    await this.#turn();
    const kept = this.#connections.get(connectionId);
    const connection = this.#alive(kept);
    const left = connection?.conversationId;
    if (left !== undefined && left !== conversationId)
      this.#members.get(left)?.delete(connectionId);
    if (!kept || !connection) return;
    kept.value = { ...connection, conversationId };
    this.#join(connection, conversationId);
  }

  async leaveConversation(connectionId: string): Promise<void> {
    await this.#turn();
    const kept = this.#connections.get(connectionId);
    if (kept?.value.conversationId === undefined) return;
    this.#members.get(kept.value.conversationId)?.delete(connectionId);
    kept.value = without(kept.value, "conversationId");
  }

  async deleteConnection(connectionId: string): Promise<void> {
    await this.#turn();
    this.#frameCounts.delete(connectionId);
    const joined = this.#connections.get(connectionId)?.value.conversationId;
    if (joined !== undefined) this.#members.get(joined)?.delete(connectionId);
    this.#connections.delete(connectionId);
  }

  async listReceivers(conversationId: string): Promise<string[]> {
    await this.#turn();
    return [...(this.#members.get(conversationId) ?? [])]
      .filter(([, until]) => until > this.#clock.now())
      .map(([connectionId]) => connectionId);
  }

  async getConversation(
    conversationId: string,
  ): Promise<Conversation | undefined> {
    await this.#turn();
    const record = this.#alive(this.#conversations.get(conversationId));
    if (!record) return undefined;
    const { visitorId, turnCount, contextTokens, active } = record;
    return {
      conversationId,
      visitorId,
      turnCount,
      ...(contextTokens === undefined ? {} : { contextTokens }),
      ...(active && {
        active: { turnId: active.turnId, leaseUntil: active.leaseUntil },
      }),
    };
  }

  async holdConversation(
    { conversationId, turnId }: TurnKey,
    visitorId: string,
    leaseUntil: number,
  ): ReturnType<Store["holdConversation"]> {
    await this.#turn();
    const record = this.#alive(this.#conversations.get(conversationId)) ?? {
      conversationId,
      visitorId,
      turnCount: 0,
    };
    if (record.visitorId !== visitorId) return { outcome: "foreign" };
    if (record.active) {
      const { order, ...active } = record.active;
      return { outcome: "held", active, order };
    }
    const order = record.turnCount + 1;
    this.#conversations.set(conversationId, {
      value: {
        ...record,
        turnCount: order,
        active: { turnId, order, leaseUntil },
      },
      until: this.#clock.now() + this.#retentionMs,
    });
    return { outcome: "held-now", order };
  }

  async releaseConversation(
    { conversationId, turnId }: TurnKey,
    contextTokens?: number,
  ): Promise<void> {
    await this.#turn();
    const record = this.#alive(this.#conversations.get(conversationId));
    if (record?.active?.turnId !== turnId) return;
    delete record.active;
    if (contextTokens !== undefined) record.contextTokens = contextTokens;
  }

  async putTurn(turn: NewTurn): Promise<boolean> {
    await this.#turn();
    if (this.#alive(this.#turns.get(keyOf(turn)))) return false;
    this.#turns.set(keyOf(turn), {
      value: clone({ ...turn, state: "accepted", resumes: [] }),
      until: this.#clock.now() + this.#retentionMs,
    });
    return true;
  }

  async getTurn(key: TurnKey): Promise<Turn | undefined> {
    await this.#turn();
    return clone(this.#alive(this.#turns.get(keyOf(key))));
  }

  takeTurn(
    key: TurnKey,
    now: number,
    leaseUntil: number,
  ): Promise<Turn | undefined> {
    return this.#update(
      key,
      (turn) => turn.state === "accepted" && (turn.leaseUntil ?? 0) > now,
      (turn) => ({ ...turn, state: "running", leaseUntil }),
    );
  }

  renewLease(key: TurnKey, leaseUntil: number): Promise<Turn | undefined> {
    return this.#update(
      key,
      (turn) => turn.state === "running",
      (turn) => ({ ...turn, leaseUntil }),
    );
  }

  async requestStop(key: TurnKey, now: number): Promise<boolean> {
    return Boolean(
      await this.#update(key, isOpen, (turn) => ({
        ...turn,
        stopRequestedAt: now,
      })),
    );
  }

  async requestResume(key: TurnKey, request: ResumeRequest): Promise<boolean> {
    return Boolean(
      await this.#update(key, isOpen, (turn) => ({
        ...turn,
        resumes: [...turn.resumes, request],
      })),
    );
  }

  async putToolResult(
    key: TurnKey,
    result: ToolResult,
    most: number,
  ): Promise<boolean> {
    return Boolean(
      await this.#update(
        key,
        ({ state, toolResults = [] }) =>
          state === "running" &&
          toolResults.length < most &&
          toolResults.every(
            ({ toolCallId }) => toolCallId !== result.toolCallId,
          ),
        (turn) => ({
          ...turn,
          toolResults: [...(turn.toolResults ?? []), result],
        }),
      ),
    );
  }

  async endTurn(
    key: TurnKey,
    from: readonly ("accepted" | "running")[],
    ending: TurnEnding,
  ): Promise<Turn | undefined> {
    let before: Turn | undefined;
    await this.#update(
      key,
      (turn) => from.some((state) => state === turn.state),
      (turn) => {
        before = turn;
        return {
          ...without(without(turn, "leaseUntil"), "toolResults"),
          ...ending,
        };
      },
    );
    return clone(before);
  }

  async rateTurn(
    key: TurnKey,
    rating: Rating,
    comment: string | undefined,
  ): Promise<boolean> {
    return Boolean(
      await this.#update(
        key,
        (turn) => !isOpen(turn),
        (turn) => ({
          ...without(turn, "comment"),
          rating,
          ...(comment === undefined ? {} : { comment }),
        }),
      ),
    );
  }

  async listTurns(
    conversationId: string,
    {
      before = Number.POSITIVE_INFINITY,
      limit,
    }: { readonly before?: number; readonly limit: number },
  ): Promise<Turn[]> {
    await this.#turn();
    return [...this.#turns.values()]
      .flatMap((kept) => this.#alive(kept) ?? [])
      .filter(
        (turn) => turn.conversationId === conversationId && turn.order < before,
      )
      .sort((one, other) => other.order - one.order)
      .slice(0, limit)
      .map(clone);
  }

  async appendFrames(
    key: TurnKey,
    frames: readonly TurnFrame[],
  ): Promise<boolean> {
    await this.#turn();
    const first = frames[0];
    if (!first) return true;
    const log =
      this.#frames.get(keyOf(key)) ?? new Map<number, Kept<TurnFrame[]>>();
    if (this.#alive(log.get(first.seq))) return false;
    log.set(first.seq, {
      value: clone([...frames]),
      until: this.#clock.now() + FRAMES_LIFE,
    });
    this.#frames.set(keyOf(key), log);
    return true;
  }

  async listFrames(key: TurnKey, after: number): Promise<TurnFrame[]> {
    await this.#turn();
    return this.#logOf(key).filter(({ seq }) => seq > after);
  }

  async lastSeq(key: TurnKey): Promise<number> {
    await this.#turn();
    return this.#logOf(key).at(-1)?.seq ?? -1;
  }

  async deleteFrames(key: TurnKey): Promise<void> {
    await this.#turn();
    this.#frames.delete(keyOf(key));
  }

  async deleteConversation(conversationId: string): Promise<void> {
    await this.#turn();
    for (const key of [...this.#frames.keys(), ...this.#turns.keys()]) {
      if (!key.startsWith(`${conversationId}#`)) continue;
      this.#frames.delete(key);
      this.#turns.delete(key);
    }
    for (const connectionId of this.#members.get(conversationId)?.keys() ??
      []) {
      const kept = this.#connections.get(connectionId);
      if (kept?.value.conversationId !== conversationId) continue;
      kept.value = without(kept.value, "conversationId");
    }
    this.#members.delete(conversationId);
    this.#conversations.delete(conversationId);
  }

  /** A call takes a turn of the event loop's microtasks, so that concurrent callers interleave as they do over a network. */
  async #turn(): Promise<void> {
    await Promise.resolve();
  }

  #alive<T>(kept: Kept<T> | undefined): T | undefined {
    return kept && kept.until > this.#clock.now() ? kept.value : undefined;
  }

  #join(
    { connectionId, signedInUntil = Infinity }: Connection,
    conversationId: string,
  ): void {
    const members =
      this.#members.get(conversationId) ?? new Map<string, number>();
    const end = this.#clock.now() + CONNECTION_LIFE;
    members.set(connectionId, Math.min(end, signedInUntil));
    this.#members.set(conversationId, members);
  }

  async #update(
    key: TurnKey,
    condition: (turn: Turn) => boolean,
    change: (turn: Turn) => Turn,
  ): Promise<Turn | undefined> {
    await this.#turn();
    const kept = this.#turns.get(keyOf(key));
    const turn = this.#alive(kept);
    if (!kept || !turn || !condition(turn)) return undefined;
    kept.value = clone(change(turn));
    return clone(kept.value);
  }

  #logOf(key: TurnKey): TurnFrame[] {
    return [...(this.#frames.get(keyOf(key)) ?? [])]
      .sort(([one], [other]) => one - other)
      .flatMap(([, kept]) => this.#alive(kept) ?? [])
      .map(clone);
  }
}
