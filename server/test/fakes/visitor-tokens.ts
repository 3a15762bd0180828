import type { VisitorTokens } from "../../src/chat/ports.ts";

/** Tokens without cryptography: `token:{visitor}:{expiry}`. */
export class PlainTokens implements VisitorTokens {
  readonly #lifetimeMs: number;

  constructor(lifetimeMs = 30 * 24 * 3_600_000) {
    this.#lifetimeMs = lifetimeMs;
  }

  async issue(visitorId: string, now: number): Promise<string> {
    await Promise.resolve();
    return `token:${visitorId}:${now + this.#lifetimeMs}`;
  }

  async verify(token: string, now: number): Promise<string | undefined> {
    await Promise.resolve();
    const [, visitorId, until] = /^token:(.+):(\d+)$/.exec(token) ?? [];
    return Number(until) > now ? visitorId : undefined;
  }
}
