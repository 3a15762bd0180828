import { Refusal } from "../../src/chat/errors.ts";
import { userVisitorId } from "../../src/chat/identity.ts";
import type { AuthTokens, Clock, SignedIn } from "../../src/chat/ports.ts";

/** Sign-in tokens without cryptography: `{user}@{end}`. */
export class PlainAuthTokens implements AuthTokens {
  readonly #clock: Clock;
  /** The issuer cannot be asked. */
  unreachable = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A token that counts for so long. */
  issue(user: string, lifetimeMs = 3_600_000): string {
    return `${user}@${this.#clock.now() + lifetimeMs}`;
  }

  async verify(token: string): Promise<SignedIn> {
    await Promise.resolve();
    if (this.unreachable) throw new Error("connect ECONNREFUSED");
    const [, user, end] = /^(\w+)@(\d+)$/.exec(token) ?? [];
    const until = Number(end);
    if (!user || !(until > this.#clock.now()))
      throw new Refusal("unauthorized", undefined, {
        cause: "It is no token.",
      });
    return { visitorId: userVisitorId(user), until };
  }
}
