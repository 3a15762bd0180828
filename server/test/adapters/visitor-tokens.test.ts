import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { before, describe, it } from "node:test";
import { ChatError } from "../../src/chat/errors.ts";
import type { VisitorTokens } from "../../src/chat/ports.ts";
import { signingKeysFrom } from "../../src/secrets/signing-keys.ts";
import { createVisitorTokens } from "../../src/secrets/visitor-tokens.ts";
import {
  type Answer,
  type Received,
  setDummyCredentials,
  startHttpServer,
} from "../support/http-server.ts";

const NOW = Date.parse("2026-11-22T12:00:00.000Z");
const DAY = 86_400_000;
const [OLD, KEY, NEW] = ["old", "key", "new"].map((name) =>
  name.padEnd(40, "."),
) as [string, string, string];

/** What Secrets Manager holds; a test may change it at any time. */
interface Secret {
  value: unknown;
  /** Answers instead, when it is there. */
  failure?: Answer;
}

interface Setting {
  readonly tokens: VisitorTokens;
  readonly secret: Secret;
  readonly received: readonly Received[];
  /** Another instance, with a cache of its own. */
  readonly another: () => VisitorTokens;
}

const withSecret =
  (value: unknown, test: (setting: Setting) => Promise<void>) => async () => {
    const secret: Secret = { value };
    const { url, received, close } = await startHttpServer(
      () =>
        secret.failure ?? {
          status: 200,
          headers: { "content-type": "application/x-amz-json-1.1" },
          body: JSON.stringify({
            SecretString:
              typeof secret.value === "string"
                ? secret.value
                : JSON.stringify(secret.value),
          }),
        },
    );
    process.env.AWS_ENDPOINT_URL_SECRETS_MANAGER = url;
    const another = () =>
      createVisitorTokens({
        keys: signingKeysFrom("visitor-key"),
        lifetimeMs: 30 * DAY,
      });
    try {
      await test({ tokens: another(), secret, received, another });
    } finally {
      await close();
    }
  };

/** A token as somebody makes it who has a key but not our code. */
function forge(payload: unknown, key: string): string {
  const json = JSON.stringify(payload);
  const signed = `v1.${Buffer.from(json).toString("base64url")}`;
  return `${signed}.${createHmac("sha256", key).update(signed).digest("base64url")}`;
}

describe("visitor tokens", () => {
  before(setDummyCredentials);

  it(
    "say who the visitor is, for as long as they live",
    withSecret({ current: KEY }, async ({ tokens, received }) => {
      const token = await tokens.issue("ann", NOW);
      assert.match(token, /^v1\.[\w-]+\.[\w-]{43}$/);
      assert.equal(await tokens.verify(token, NOW), "ann");
      assert.equal(await tokens.verify(token, NOW + 30 * DAY - 1), "ann");
      assert.equal(await tokens.verify(token, NOW + 30 * DAY), undefined);
      const request = JSON.parse(received[0]!.body.toString()) as unknown;
      assert.deepEqual(request, { SecretId: "visitor-key" });
    }),
  );

  it(
    "are not to be forged",
    withSecret({ current: KEY }, async ({ tokens }) => {
      const token = await tokens.issue("ann", NOW);
      const [version, payload, mac] = token.split(".") as [
        string,
        string,
        string,
      ];
      const bob = Buffer.from(
        JSON.stringify({ v: "bob", e: NOW + DAY }),
      ).toString("base64url");
      const forged = [
        "",
        "x",
        "v1..",
        "a.b.c",
        `${version}.${bob}.${mac}`,
        `${version}.${payload}`,
        `${version}.${payload}.`,
        `${version}.${payload}.${mac.slice(0, -2)}`,
        `${version}.${payload}.${mac}x`,
        `${version}.${payload}.${mac}.${mac}`,
        `${version}.${payload}.${"A".repeat(43)}`,
        `v2.${payload}.${mac}`,
        `${version}.${payload}A.${mac}`,
        ` ${token}`,
        `${token}\n`,
        forge({ v: "bob", e: NOW + DAY }, "x".repeat(40)),
        forge({ v: "bob", e: NOW + DAY }, ""),
      ];
      for (const text of forged)
        assert.equal(await tokens.verify(text, NOW), undefined, text);
      // Every byte of payload and signature counts.
      for (let i = 3; i < token.length - 1; i++) {
        const other = token[i] === "A" ? "B" : "A";
        const changed = token.slice(0, i) + other + token.slice(i + 1);
        assert.equal(await tokens.verify(changed, NOW), undefined, changed);
      }
      // The forger above works as ours does: only the key tells them apart.
      const genuine = forge({ v: "ann", e: NOW + DAY }, KEY);
      assert.equal(await tokens.verify(genuine, NOW), "ann");
    }),
  );

  it(
    "hold through a rotation, in either order of arrival",
    withSecret(
      { current: OLD },
      async ({ tokens, secret, another, received }) => {
        const old = await tokens.issue("ann", NOW);
        secret.value = { current: KEY, previous: OLD };
        // An instance that has not seen the new key verifies what one that has seen it signs.
        const ahead = another();
        const fresh = await ahead.issue("bob", NOW + 60_000);
        assert.equal(await ahead.verify(old, NOW + 60_000), "ann");
        assert.equal(await tokens.verify(fresh, NOW + 60_000), "bob");
        assert.equal(await tokens.verify(old, NOW + 60_000), "ann");
        assert.equal(received.length, 3);
        // After a second rotation the first key is out.
        secret.value = { current: NEW, previous: KEY };
        const later = NOW + 10 * 60_000;
        assert.equal(await tokens.verify(old, later), undefined);
        assert.equal(await tokens.verify(fresh, later), "bob");
      },
    ),
  );

  it(
    "sign with the new key some minutes after it came",
    withSecret({ current: OLD }, async ({ tokens, secret }) => {
      await tokens.issue("ann", NOW);
      secret.value = { current: KEY, previous: OLD };
      const token = await tokens.issue("ann", NOW + 6 * 60_000);
      secret.value = { current: KEY };
      assert.equal(await tokens.verify(token, NOW + 12 * 60_000), "ann");
    }),
  );

  it(
    "cost one read of the secret for many visitors at once",
    withSecret({ current: KEY }, async ({ tokens, received }) => {
      const issued = await Promise.all(
        Array.from({ length: 20 }, (_, i) => tokens.issue(`v${i}`, NOW)),
      );
      for (const token of issued)
        assert.ok(await tokens.verify(token, NOW + 60_000));
      assert.equal(received.length, 1);
    }),
  );

  it(
    "do not let forgers hammer the secret",
    withSecret({ current: KEY }, async ({ tokens, received }) => {
      await tokens.issue("ann", NOW);
      const forged = forge({ v: "bob", e: NOW + DAY }, NEW);
      for (let second = 0; second < 60; second++)
        assert.equal(
          await tokens.verify(forged, NOW + second * 1_000),
          undefined,
        );
      assert.equal(received.length, 2);
      // What is no token at all is not even looked at.
      for (let i = 0; i < 10; i++)
        await tokens.verify("nonsense", NOW + 10 * 60_000);
      assert.equal(received.length, 2);
    }),
  );

  it(
    "fail while the secret cannot be read, and come back with it",
    withSecret({ current: KEY }, async ({ tokens, secret, another }) => {
      const token = await tokens.issue("ann", NOW);
      secret.failure = {
        status: 400,
        headers: { "x-amzn-errortype": "AccessDeniedException" },
        body: '{"__type":"AccessDeniedException","Message":"no"}',
      };
      await assert.rejects(another().issue("bob", NOW), (error) => {
        assert.ok(error instanceof ChatError);
        assert.equal(error.code, "internal");
        assert.match(error.message, /^Reading the secret visitor-key failed/);
        return true;
      });
      const later = NOW + 6 * 60_000;
      await assert.rejects(tokens.verify(token, later), ChatError);
      secret.failure = undefined;
      assert.equal(await tokens.verify(token, later), "ann");
    }),
  );

  const unusable = {
    "is not JSON": KEY,
    "is null": "null",
    "is empty": "",
    "has no key": {},
    "has a short key": { current: "short" },
    "has a short previous key": { current: KEY, previous: "short" },
    "has a number for a key": { current: 1e40 },
  };
  for (const [name, value] of Object.entries(unusable)) {
    it(
      `are refused when the secret ${name}, without telling it`,
      withSecret(value, async ({ tokens }) => {
        await assert.rejects(tokens.issue("ann", NOW), (error) => {
          assert.ok(error instanceof ChatError);
          assert.equal(error.code, "internal");
          assert.match(error.message, /^The secret visitor-key must be \{/);
          assert.ok(!error.message.includes(KEY));
          return true;
        });
      }),
    );
  }
});
