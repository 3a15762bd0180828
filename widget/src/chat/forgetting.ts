/** Asks the server to delete a conversation until it says that it has. */
import type { SessionPort } from "./ports.ts";

/** A `forget` without `forgotten` is sent again. */
export const FORGET_TIMEOUT_MS = 10_000;
export const MAX_FORGETS = 3;

export class Forgetting {
  readonly #port: SessionPort;
  #wanted:
    { id: string; done(): void; failed(reason: Error): void } | undefined;
  #tries = 0;
  #cancel = () => {};

  constructor(port: SessionPort) {
    this.#port = port;
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
    if (!this.#port.send({ type: "forget", conversationId: id })) return;
    this.#cancel = this.#port.environment.after(FORGET_TIMEOUT_MS, () => {
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
