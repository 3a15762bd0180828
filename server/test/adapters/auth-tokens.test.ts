import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createAuthTokens } from "../../src/auth/auth-tokens.ts";
import type { Issuer } from "../../src/auth/issuers.ts";
import { ChatError, Refusal } from "../../src/chat/errors.ts";
import type { AuthTokens } from "../../src/chat/ports.ts";
import { seconds, TestIssuer, type Claims } from "../support/issuer.ts";

interface Setting {
  readonly issuer: TestIssuer;
  readonly tokens: AuthTokens;
  /** Moves the clock of the cached keys on. */
  readonly advance: (ms: number) => void;
}

const withIssuer =
  (test: (setting: Setting) => Promise<void>, more: Partial<Issuer> = {}) =>
  async () => {
    const issuer = await TestIssuer.start();
    let now = Date.now();
    const tokens = createAuthTokens(
      [
        {
          type: "oidc",
          issuer: issuer.url,
          audience: "chat",
          ...more,
        } as Issuer,
      ],
      { now: () => now },
    );
    try {
      await test({ issuer, tokens, advance: (ms) => void (now += ms) });
    } finally {
      await issuer.close();
    }
  };

/** The token is refused, and the reason for the log reads so. */
const refused = (tokens: AuthTokens, token: string, reason: RegExp) =>
  assert.rejects(tokens.verify(token), (error) => {
    assert.ok(error instanceof Refusal, String(error));
    assert.equal(error.code, "unauthorized");
    assert.match(String(error.cause), reason);
    assert.ok(error.message.startsWith("Your sign-in could not be verified."));
    return true;
  });

describe("sign-in tokens", () => {
  it(
    "say who the user is, and until when",
    withIssuer(async ({ issuer, tokens }) => {
      const exp = seconds(300);
      const ann = await tokens.verify(issuer.token("ann", { exp }));
      assert.match(ann.visitorId, /^user:[\w-]{43}$/);
      assert.equal(ann.until, (exp + 5) * 1_000);
      const later = await tokens.verify(issuer.token("ann", { iat: 1 }));
      assert.equal(later.visitorId, ann.visitorId);
      const bob = await tokens.verify(issuer.token("bob"));
      assert.notEqual(bob.visitorId, ann.visitorId);
      assert.deepEqual(issuer.asked, [
        "/.well-known/openid-configuration",
        "/keys",
      ]);
    }),
  );

  it("tell users of the same name apart by their issuers", async () => {
    const [one, two] = [await TestIssuer.start(), await TestIssuer.start()];
    const tokens = createAuthTokens(
      [one, two].map(({ url }) => ({
        type: "oidc",
        issuer: url,
        audience: ["web", "chat"],
      })),
    );
    const [first, second] = [
      await tokens.verify(one.token("ann")),
      await tokens.verify(two.token("ann")),
    ];
    assert.notEqual(first.visitorId, second.visitorId);
    // A key of one is none of the other.
    await refused(tokens, one.token("ann", { iss: two.url }), /signature/);
    await Promise.all([one.close(), two.close()]);
  });

  const claims: readonly (readonly [string, Claims, RegExp])[] = [
    ["has expired", { exp: seconds(-60) }, /^Token expired at/],
    ["never ends", { exp: undefined }, /no exp/],
    ["ends in words", { exp: "tomorrow" }, /no JSON Web Token/],
    ["is not valid yet", { nbf: seconds(60) }, /^Token can't be used before/],
    ["is of another issuer", { iss: "https://evil.example" }, /not one of/],
    ["names no issuer", { iss: undefined }, /not one of/],
    ["is for another audience", { aud: "shop" }, /^Audience not allowed: shop/],
    ["is for nobody", { aud: undefined }, /^Missing Audience/],
    ["is nobody's", { sub: undefined }, /no sub/],
    ["is of a user without a name", { sub: "" }, /no sub/],
  ];
  for (const [name, fields, reason] of claims)
    it(
      `are refused: one that ${name}`,
      withIssuer(({ issuer, tokens }) =>
        refused(tokens, issuer.token("ann", fields), reason),
      ),
    );

  it(
    "are not to be forged",
    withIssuer(async ({ issuer, tokens }) => {
      const token = issuer.token("ann");
      const [header, , signature] = token.split(".") as [
        string,
        string,
        string,
      ];
      const bob = issuer.token("bob").split(".")[1]!;
      await refused(tokens, `${header}.${bob}.${signature}`, /signature/);
      await refused(tokens, `${token.slice(0, -4)}AAAA`, /signature/);
      await refused(
        tokens,
        issuer.hmacToken("ann", issuer.publicPem()),
        /HS256/,
      );
      for (const alg of ["none", "None", "HS256", "RS512", "ES256", ""])
        await refused(
          tokens,
          `${issuer.unsigned("ann", {}, { alg, kid: "key-1" })}.${signature}`,
          /signature algorithm/,
        );
      const none = issuer.unsigned("ann", {}, { alg: "none", kid: "key-1" });
      for (const text of [`${none}.`, none, "", "x", "a.b.c", `${token}.x`])
        await refused(tokens, text, /^It is no JSON Web Token\.$/);
      // A key that the token itself brings is nobody's.
      const jwk = { kty: "oct", k: "c2VjcmV0" };
      await refused(
        tokens,
        issuer.token("ann", {}, { header: { kid: "mine", jwk } }),
        /has no key mine/,
      );
      await refused(
        tokens,
        issuer.token("ann", {}, { header: { kid: undefined } }),
        /names no key/,
      );
      assert.ok((await tokens.verify(token)).visitorId);
    }),
  );

  it(
    "may be signed with an elliptic curve",
    withIssuer(async ({ issuer, tokens }) => {
      issuer.addKey("key-2", "ES256");
      const token = issuer.token("ann", {}, { kid: "key-2" });
      assert.ok((await tokens.verify(token)).visitorId);
      const other = issuer.token("bob", {}, { kid: "key-2" }).split(".");
      const forged = [token.split(".")[0], other[1], token.split(".")[2]];
      await refused(tokens, forged.join("."), /signature/);
    }),
  );

  it(
    "hold through a rotation, until the old key is withdrawn",
    withIssuer(async ({ issuer, tokens, advance }) => {
      const old = issuer.token("ann");
      const { visitorId } = await tokens.verify(old);
      issuer.addKey("key-2");
      const fresh = issuer.token("ann", {}, { kid: "key-2" });
      advance(11_000);
      assert.equal((await tokens.verify(fresh)).visitorId, visitorId);
      assert.equal((await tokens.verify(old)).visitorId, visitorId);
      issuer.withdrawKey("key-1");
      // Nobody asks the issuer for a key that is at hand, for some minutes.
      assert.equal((await tokens.verify(old)).visitorId, visitorId);
      advance(10 * 60_000);
      await refused(tokens, old, /has no key key-1/);
      assert.equal((await tokens.verify(fresh)).visitorId, visitorId);
      // The same name for another key.
      issuer.addKey("key-2");
      advance(10 * 60_000);
      await refused(tokens, fresh, /signature/);
    }),
  );

  it(
    "cost few requests, whatever forgers send",
    withIssuer(async ({ issuer, tokens, advance }) => {
      const good = Array.from({ length: 20 }, (_, i) => issuer.token(`u${i}`));
      await Promise.all(good.map((token) => tokens.verify(token)));
      assert.equal(issuer.asked.length, 2);
      const forged = issuer.token("ann", {}, { header: { kid: "mine" } });
      for (let second = 0; second < 60; second++) {
        await refused(tokens, forged, /has no key mine/);
        advance(1_000);
      }
      assert.equal(issuer.asked.length, 2 + 2 * 5);
      const elsewhere = issuer.token("ann", { iss: "https://evil.example" });
      await refused(tokens, elsewhere, /not one of/);
      assert.equal(issuer.asked.length, 2 + 2 * 5);
    }),
  );

  const failures = {
    "breaks the connection": "reset",
    "answers 503": { status: 503 },
    "answers no JSON": { status: 200, body: "<html>" },
    "answers no keys": { status: 200, body: '{"keys":"none"}' },
    "sends its caller elsewhere": {
      status: 302,
      headers: { location: "/keys" },
    },
  } as const;
  for (const [name, failure] of Object.entries(failures))
    it(
      `are refused while the issuer ${name}, and taken again after that`,
      withIssuer(async ({ issuer, tokens, advance }) => {
        issuer.failure = failure;
        const token = issuer.token("ann");
        for (let i = 0; i < 3; i++)
          await assert.rejects(tokens.verify(token), (error) => {
            assert.ok(
              error instanceof ChatError && !(error instanceof Refusal),
            );
            assert.equal(error.code, "internal");
            assert.match(error.message, /^The keys of the issuer .* could not/);
            return true;
          });
        assert.equal(issuer.asked.length, 1);
        issuer.failure = undefined;
        advance(2_001);
        assert.ok((await tokens.verify(token)).visitorId);
      }),
    );

  it(
    "need no issuer while its keys are at hand",
    withIssuer(async ({ issuer, tokens, advance }) => {
      await tokens.verify(issuer.token("ann"));
      issuer.failure = "reset";
      advance(9 * 60_000);
      assert.ok((await tokens.verify(issuer.token("bob"))).visitorId);
      advance(2 * 60_000);
      await assert.rejects(tokens.verify(issuer.token("bob")), {
        code: "internal",
      });
    }),
  );

  it("do not follow a discovery document to another issuer or an open line", async () => {
    const issuer = await TestIssuer.start();
    for (const document of [
      { issuer: "https://evil.example", jwks_uri: `${issuer.url}/keys` },
      { issuer: issuer.url, jwks_uri: "http://evil.example/keys" },
      { issuer: issuer.url },
    ]) {
      issuer.failure = { status: 200, body: JSON.stringify(document) };
      const tokens = createAuthTokens([
        { type: "oidc", issuer: issuer.url, audience: "chat" },
      ]);
      await assert.rejects(tokens.verify(issuer.token("ann")), {
        code: "internal",
        message: /another issuer|can be trusted/,
      });
    }
    await issuer.close();
  });

  it("are looked for where the settings say that the keys are", async () => {
    const issuer = await TestIssuer.start();
    const tokens = createAuthTokens([
      {
        type: "oidc",
        issuer: issuer.url,
        audience: "chat",
        jwksUri: `${issuer.url}/some/keys`,
      },
    ]);
    await tokens.verify(issuer.token("ann"));
    assert.deepEqual(issuer.asked, ["/some/keys"]);
    await issuer.close();
  });
});

describe("tokens of a Cognito user pool", () => {
  const POOL = "eu-west-1_AbCdEf123";
  const REGIONAL = `https://cognito-idp.eu-west-1.amazonaws.com/${POOL}`;
  const GLOBAL = `https://issuer-cognito-idp.eu-west-1.amazonaws.com/${POOL}`;

  /** Cognito, as far as its keys go. */
  const withPool =
    (
      test: (
        issuer: TestIssuer,
        tokens: AuthTokens,
        urls: string[],
      ) => Promise<void>,
    ) =>
    async () => {
      const issuer = await TestIssuer.start();
      const urls: string[] = [];
      const tokens = createAuthTokens(
        [{ type: "cognito", userPoolId: POOL, clientId: "web" }],
        {
          fetch: (url, init) => {
            urls.push(url as string);
            return fetch(`${issuer.url}/keys`, init);
          },
        },
      );
      try {
        await test(issuer, tokens, urls);
      } finally {
        await issuer.close();
      }
    };
  const id = { iss: REGIONAL, token_use: "id", aud: "web" };
  const access = {
    iss: REGIONAL,
    token_use: "access",
    aud: undefined,
    client_id: "web",
  };

  it(
    "may be id tokens or access tokens, of either endpoint, and are the same user",
    withPool(async (issuer, tokens, urls) => {
      const users = await Promise.all(
        [id, access, { ...id, iss: GLOBAL }, { ...access, iss: GLOBAL }].map(
          (claims) => tokens.verify(issuer.token("ann", claims)),
        ),
      );
      assert.equal(new Set(users.map(({ visitorId }) => visitorId)).size, 1);
      assert.deepEqual(urls.toSorted(), [
        `${REGIONAL}/.well-known/jwks.json`,
        `${GLOBAL}/.well-known/jwks.json`,
      ]);
    }),
  );

  const bad: readonly (readonly [string, Claims, RegExp])[] = [
    ["of another client", { ...id, aud: "shop" }, /Client ID/],
    [
      "for access of another client",
      { ...access, client_id: "shop" },
      /Client ID/,
    ],
    [
      "for access without a client",
      { ...access, client_id: undefined },
      /Client ID/,
    ],
    ["of another use", { ...id, token_use: "refresh" }, /Token use/],
    ["of another pool", { ...id, iss: `${REGIONAL}x` }, /not one of/],
  ];
  for (const [name, claims, reason] of bad)
    it(
      `are refused: one ${name}`,
      withPool((issuer, tokens) =>
        refused(tokens, issuer.token("ann", claims), reason),
      ),
    );
});
