import {
  utf8Length,
  type TextDeltaFrame,
  type ToolCallFrame,
  type TurnFrame,
  type TurnStartFrame,
} from "bedrock-chat-widget/protocol";
import type { Limits, Timing } from "./limits.ts";
import type { Clock } from "./ports.ts";
import {
  endsInsidePair,
  headByBytes,
  jsonBytes,
  piecesByJsonBytes,
} from "./text.ts";

export interface TurnWriterOptions {
  readonly start: TurnStartFrame;
  readonly clock: Clock;
  readonly timing: Pick<Timing, "flushEveryMs">;
  readonly limits: Pick<
    Limits,
    "flushLength" | "maxFrameBytes" | "maxAnswerBytes"
  >;
  /** Appends to the turn's log; false: somebody else has ended the turn. */
  readonly append: (frames: readonly TurnFrame[]) => Promise<boolean>;
  /** Takes frames for the receivers, in order and each of them once. */
  readonly publish: (frames: readonly TurnFrame[]) => void;
  /** Whether frames may be published before they are stored. */
  readonly mayRush: () => boolean;
  /** Nothing more will be stored: fenced off, or (with an error) the log cannot be written. */
  readonly onLost: (error?: unknown) => void;
}

/**
 * Makes frames of the model's text. The start and the first text go out at once and are stored beside; from then on text
 * is collected for a moment, stored, and published when it is stored.
 */
export class TurnWriter {
  readonly #options: TurnWriterOptions;
  readonly #frameRoom: number;
  /** Text that is in no frame yet. */
  #pending = "";
  #answer = "";
  #answerBytes = 0;
  #frameCount = 0;
  #publishedCount = 0;
  #unstored: TurnFrame[] = [];
  #storing: Promise<void> = Promise.resolve();
  #flushTimer: AbortController | undefined;
  #hasText = false;
  #isLost = false;

  constructor(options: TurnWriterOptions) {
    this.#options = options;
    const { start, limits } = options;
    const widest = this.#delta(start.turnId, Number.MAX_SAFE_INTEGER, "");
    this.#frameRoom = limits.maxFrameBytes - jsonBytes(widest);
  }

  /** The text of all frames so far. */
  get answer(): string {
    return this.#answer;
  }

  /** The model has begun. Safe to repeat. */
  start(): void {
    if (this.#frameCount > 0) return;
    this.#frameCount = 1;
    this.#rush([this.#options.start]);
  }

  /** Adds text. False: the answer has reached its limit, and the rest of it is left out. */
  push(text: string): boolean {
    this.start();
    const room = this.#options.limits.maxAnswerBytes - this.#answerBytes;
    const bytes = utf8Length(text);
    const taken = bytes <= room ? text : headByBytes(text, room);
    this.#answerBytes += Math.min(bytes, room);
    this.#pending += taken;
    if (!this.#hasText) {
      const frames = this.#frame();
      this.#hasText = frames.length > 0;
      this.#rush(frames);
    } else if (this.#pending.length >= this.#options.limits.flushLength) {
      this.#flush();
    } else {
      this.#flushLater();
    }
    return bytes <= room;
  }

  /** Adds a call of a tool behind all text so far, and gives its `seq`; undefined when it is too large for a frame. */
  call(
    call: Pick<ToolCallFrame, "toolCallId" | "name" | "input">,
  ): number | undefined {
    this.start();
    const { start, limits } = this.#options;
    const { turnId } = start;
    const frame = (seq: number): ToolCallFrame => ({
      type: "tool-call",
      turnId,
      seq,
      ...call,
    });
    const widest = { ...frame(Number.MAX_SAFE_INTEGER), settled: true };
    if (jsonBytes(widest) > limits.maxFrameBytes) return undefined;
    this.#flushTimer?.abort();
    this.#flushTimer = undefined;
    this.#unstored.push(...this.#frame());
    const seq = this.#frameCount++;
    this.#unstored.push(frame(seq));
    this.#store();
    return seq;
  }

  /**
   * Stores what is left together with the turn's last frame, which is *not* published: that is for the caller, after the
   * turn has ended. False: somebody else has ended the turn. Rejects when the log cannot be written.
   */
  async finish(last: (seq: number, length: number) => TurnFrame) {
    this.#flushTimer?.abort();
    this.#unstored.push(...this.#frame());
    await this.#storing;
    const end = last(this.#frameCount, this.#answer.length);
    if (!(await this.#options.append([...this.#unstored, end])))
      return undefined;
    this.#publish(this.#unstored);
    return end;
  }

  #delta(turnId: string, seq: number, text: string): TextDeltaFrame {
    return { type: "text-delta", turnId, seq, text };
  }

  /** Turns pending text into frames. The first half of a surrogate pair waits for the other; without it, it is no text. */
  #frame(): TextDeltaFrame[] {
    const keep = endsInsidePair(this.#pending) ? 1 : 0;
    const text = this.#pending.slice(0, this.#pending.length - keep);
    this.#pending = this.#pending.slice(text.length);
    const { turnId } = this.#options.start;
    return piecesByJsonBytes(text.toWellFormed(), this.#frameRoom).map(
      (piece) => {
        this.#answer += piece;
        return this.#delta(turnId, this.#frameCount++, piece);
      },
    );
  }

  #rush(frames: readonly TurnFrame[]): void {
    if (frames.length === 0) return;
    this.#unstored.push(...frames);
    if (frames[0]?.seq === this.#publishedCount && this.#options.mayRush())
      this.#publish(frames);
    this.#store();
  }

  #flush(): void {
    this.#flushTimer?.abort();
    this.#flushTimer = undefined;
    this.#unstored.push(...this.#frame());
    this.#store();
  }

  #flushLater(): void {
    if (this.#flushTimer) return;
    const timer = new AbortController();
    this.#flushTimer = timer;
    const { clock, timing } = this.#options;
    void clock.sleep(timing.flushEveryMs, timer.signal).then(() => {
      if (!timer.signal.aborted) this.#flush();
    });
  }

  /** Stores what is there when its turn has come, all of it in one batch: a slow store makes larger batches, not a queue. */
  #store(): void {
    this.#storing = this.#storing.then(async () => {
      if (this.#isLost || this.#unstored.length === 0) return;
      const batch = [...this.#unstored];
      try {
        this.#isLost = !(await this.#options.append(batch));
      } catch (error) {
        // The batch stays unstored: the end of the turn tries it once more.
        this.#isLost = true;
        this.#options.onLost(error);
        return;
      }
      if (this.#isLost) {
        this.#options.onLost();
        return;
      }
      this.#unstored.splice(0, batch.length);
      this.#publish(batch);
    });
  }

  #publish(frames: readonly TurnFrame[]): void {
    const fresh = frames.filter(({ seq }) => seq >= this.#publishedCount);
    this.#publishedCount += fresh.length;
    if (fresh.length > 0) this.#options.publish(fresh);
  }
}
