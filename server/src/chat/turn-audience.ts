import type { TurnFrame } from "bedrock-chat-widget/protocol";
import { plainMessage } from "./plain.ts";
import type { Limits } from "./limits.ts";
import type { Turn } from "./ports.ts";
import { Receivers, type ReceiverDeps } from "./receivers.ts";
import { retrying } from "./retry.ts";

export interface TurnAudienceDeps extends ReceiverDeps {
  readonly limits: Pick<Limits, "maxPlainFrameBytes">;
}

/** Who follows a turn: the connections of its conversation and those that come back, or the plain client who asked. */
export class TurnAudience {
  readonly #deps: TurnAudienceDeps;
  readonly #turn: Turn;
  readonly #receivers: Receivers;
  #resumesSeen = 0;
  #isKnown = false;

  constructor(deps: TurnAudienceDeps, turn: Turn) {
    this.#deps = deps;
    this.#turn = turn;
    this.#receivers = new Receivers(deps);
  }

  /** Whether anybody follows, as far as one can tell: plain clients get nothing before the end. */
  get isThere(): boolean {
    return (
      this.#turn.askedBy.plain || !this.#isKnown || this.#receivers.areThere
    );
  }

  /** Begins with those who asked before the turn was taken, and the connections of the conversation. */
  meet(receivers: readonly string[]): void {
    const { askedBy, resumes } = this.#turn;
    this.bringUp(resumes);
    if (!askedBy.plain)
      for (const connectionId of [askedBy.connectionId, ...receivers])
        this.#receivers.add(connectionId);
    this.#isKnown = true;
  }

  /** Serves what is new in the turn's list of resumes, which only grows. */
  bringUp(resumes: Turn["resumes"]): void {
    for (const { connectionId, lastSeq } of resumes.slice(this.#resumesSeen))
      this.#receivers.bringUp(connectionId, lastSeq);
    this.#resumesSeen = Math.max(this.#resumesSeen, resumes.length);
  }

  publish(frames: readonly TurnFrame[]): void {
    this.#receivers.publish(frames);
  }

  /** The call in this frame has its result. */
  settle(seq: number): void {
    this.#receivers.settle(seq);
  }

  /** Posts nothing more: the turn is somebody else's. */
  leave(): void {
    this.#receivers.leave();
  }

  /** Tells the end, and waits for slow connections for at most `patienceMs`. */
  async tellEnd(
    last: TurnFrame,
    answer: string,
    patienceMs: number,
  ): Promise<void> {
    if (this.#turn.askedBy.plain)
      return this.#tellPlain(last.type === "error" ? last.message : answer);
    if (!this.#isKnown) this.meet(await this.#listReceivers());
    this.#receivers.publish([last]);
    const waiting = new AbortController();
    await Promise.race([
      this.#receivers.idle(),
      this.#deps.clock.sleep(patienceMs, waiting.signal),
    ]);
    waiting.abort();
    this.#receivers.leave();
  }

  async #tellPlain(message: string): Promise<void> {
    const { outbox, limits, log } = this.#deps;
    const { connectionId } = this.#turn.askedBy;
    const data = plainMessage(message, limits.maxPlainFrameBytes);
    try {
      await retrying(this.#deps, () => outbox.post(connectionId, data));
    } catch (error) {
      log.warn("A plain client could not be answered.", {
        connectionId,
        error,
      });
    }
  }

  /** Nobody, if it cannot be found out: who misses the end asks for it. */
  async #listReceivers(): Promise<readonly string[]> {
    const { store, log } = this.#deps;
    const { conversationId } = this.#turn;
    try {
      return await retrying(this.#deps, () =>
        store.listReceivers(conversationId),
      );
    } catch (error) {
      log.warn("The receivers could not be listed.", { error });
      return [];
    }
  }
}
