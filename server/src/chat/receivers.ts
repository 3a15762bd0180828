import { stringifyFrame, type TurnFrame } from "bedrock-chat-widget/protocol";
import { forgetConnection, type DeliverDeps } from "./deliver.ts";
import { asSettled } from "./frames.ts";
import { retrying, type RetryDeps } from "./retry.ts";

export type ReceiverDeps = DeliverDeps & RetryDeps;

/** One connection that follows a turn: its own place in the frames, and one post at a time. */
class Receiver {
  readonly #deps: ReceiverDeps;
  readonly #connectionId: string;
  readonly #frames: readonly TurnFrame[];
  #next: number;
  #isLost = false;
  #posting: Promise<void> | undefined;

  constructor(
    deps: ReceiverDeps,
    connectionId: string,
    frames: readonly TurnFrame[],
    next: number,
  ) {
    this.#deps = deps;
    this.#connectionId = connectionId;
    this.#frames = frames;
    this.#next = next;
  }

  /** Whether it is gone, or failed so often that it has to ask again by itself. */
  get isLost(): boolean {
    return this.#isLost;
  }

  moveTo(next: number): void {
    this.#next = next;
    this.wake();
  }

  wake(): void {
    // Without work, #post() would end before its promise could be kept.
    if (!this.#posting && this.#hasWork()) this.#posting = this.#post();
  }

  leave(): void {
    this.#isLost = true;
  }

  async idle(): Promise<void> {
    while (this.#posting) await this.#posting;
  }

  #hasWork(): boolean {
    return this.#next < this.#frames.length && !this.#isLost;
  }

  async #post(): Promise<void> {
    while (this.#hasWork()) {
      const at = this.#next;
      await this.#postOne(this.#frames[at]!);
      if (this.#next === at) this.#next = at + 1;
    }
    this.#posting = undefined;
  }

  async #postOne(frame: TurnFrame): Promise<void> {
    const { outbox, log } = this.#deps;
    const connectionId = this.#connectionId;
    try {
      const outcome = await retrying(this.#deps, () =>
        // While it is tried again, the turn may be lost to somebody else.
        this.#isLost
          ? Promise.resolve("sent" as const)
          : outbox.post(connectionId, stringifyFrame(frame)),
      );
      if (outcome === "sent") return;
      this.#isLost = true;
      await forgetConnection(this.#deps, connectionId);
    } catch (error) {
      this.#isLost = true;
      log.warn("A connection does not take its frames.", {
        connectionId,
        error,
      });
    }
  }
}

/**
 * The connections that follow a turn. Each gets every frame from its own place on, in order; none waits for another, and
 * the turn waits for none.
 */
export class Receivers {
  readonly #deps: ReceiverDeps;
  /** Every published frame, at the index of its `seq`. */
  readonly #frames: TurnFrame[] = [];
  readonly #byConnection = new Map<string, Receiver>();

  constructor(deps: ReceiverDeps) {
    this.#deps = deps;
  }

  /** Whether anybody follows. */
  get areThere(): boolean {
    return [...this.#byConnection.values()].some(({ isLost }) => !isLost);
  }

  /** Adds a connection that has seen nothing, unless it follows already. */
  add(connectionId: string): void {
    if (!this.#byConnection.has(connectionId)) this.bringUp(connectionId, -1);
  }

  /** Goes on behind `lastSeq` for a connection that says it has the frames up to there. */
  bringUp(connectionId: string, lastSeq: number): void {
    const next = Math.min(lastSeq + 1, this.#frames.length);
    const known = this.#byConnection.get(connectionId);
    if (known && !known.isLost) {
      known.moveTo(next);
      return;
    }
    const receiver = new Receiver(this.#deps, connectionId, this.#frames, next);
    this.#byConnection.set(connectionId, receiver);
    receiver.wake();
  }

  publish(frames: readonly TurnFrame[]): void {
    this.#frames.push(...frames);
    for (const receiver of this.#byConnection.values()) receiver.wake();
  }

  /** The call in this frame has its result: who gets the frame from now on must not run it. */
  settle(seq: number): void {
    const frame = this.#frames[seq];
    if (frame) this.#frames[seq] = asSettled(frame);
  }

  /** Stops posting: the turn is somebody else's. */
  leave(): void {
    for (const receiver of this.#byConnection.values()) receiver.leave();
  }

  /** Resolves when every connection has all frames or is lost. */
  async idle(): Promise<void> {
    await Promise.all(
      [...this.#byConnection.values()].map((receiver) => receiver.idle()),
    );
  }
}
