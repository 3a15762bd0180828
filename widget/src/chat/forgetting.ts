/** Asks the server to delete a conversation until it says that it has. */
import type { ClientFrame } from "../protocol.ts";
import type { Clock } from "./ports.ts";

/** A `forget` without `forgotten` is sent again. */
export const FORGET_TIMEOUT_MS = 10_000;
export const MAX_FORGETS = 3;

export class Forgetting {
  readonly #clock: Clock;
  readonly #send: (frame: ClientFrame) => boolean;
  #wanted:
    { id: string; done(): void; failed(reason: Error): void } | undefined;
  #tries = 0;
  #cancel = () => {};

  constructor(clock: Clock, send: (frame: ClientFrame) => boolean) {
    this.#clock = clock;
    this.#send = send;
  }

  get isActive(): boolean {
    return this.#wanted !== undefined;
  }

  /** Resolves when the server has confirmed; rejects when it does not, however often it is asked. */
  start(id: string): Promise<void> {
    this.#wanted?.failed(new Error("The chat was asked again to forget."));
    return new Promise((done, failed) => {
      this.#wanted = { id, done, failed };
      this.#tries = 0;
      this.pump();
    });
  }

  /** To be called when the connection is ready. */
  pump(): void {
    if (!this.#wanted) return;
    const { id, failed } = this.#wanted;
    this.#cancel();
    if (!this.#send({ type: "forget", conversationId: id })) return;
    this.#cancel = this.#clock.after(FORGET_TIMEOUT_MS, () => {
      if (++this.#tries < MAX_FORGETS) return this.pump();
      this.#wanted = undefined;
      failed(
        new Error(
          `The chat server did not confirm that the conversation ${id} is deleted.`,
        ),
      );
    });
  }

  /** The server has deleted this conversation, or has none. The returned function tells whoever asked for it. */
  confirmed(id: string): () => void {
    const wanted = this.#wanted;
    if (wanted?.id !== id) return () => {};
    this.stop();
    return () => wanted.done();
  }

  stop(): void {
    this.#cancel();
    this.#wanted = undefined;
  }
}
