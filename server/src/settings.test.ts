import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ConfigError } from "./checks.ts";
import { ORIGIN_PATTERN_SENTENCE } from "./origins.ts";
import { DEFAULT_BUDGETS, DEFAULT_USAGE_LIMITS } from "./chat/limits.ts";
import { parseSettings } from "./settings.ts";

const MODEL = { id: "a", label: "A", modelId: "vendor.a", maxTokens: 1_000 };
const OTHER = { ...MODEL, id: "b" };

describe("settings", () => {
  it("need models and nothing else", () => {
    assert.deepEqual(parseSettings({ models: [MODEL, OTHER] }), {
      models: [
        { ...MODEL, contextTokens: 100_000 },
        { ...OTHER, contextTokens: 100_000 },
      ],
      defaultModel: "a",
      allowedOrigins: [],
      requireOrigin: false,
      retentionDays: 30,
      limits: {
        ...DEFAULT_USAGE_LIMITS,
        maxTextLength: 8_000,
        unwatchedSeconds: 120,
      },
      budgets: DEFAULT_BUDGETS,
    });
  });

  it("are taken as they are given", () => {
    const settings = {
      models: [
        {
          ...MODEL,
          contextTokens: 5_000,
          prices: { inputPerMillion: 0.035, outputPerMillion: 0.14 },
          settings: {
            temperature: 0,
            topP: 0.9,
            stopSequences: ["END"],
            additionalModelRequestFields: { top_k: 5 },
          },
        },
        {
          ...OTHER,
          contextTokens: 2_000,
          prices: { inputPerMillion: 0, outputPerMillion: 0 },
        },
      ],
      defaultModel: "b",
      systemPrompt: "Be brief.",
      allowedOrigins: ["https://www.example.com", "https://*.example.com"],
      requireOrigin: true,
      tools: ["cart", "Look-up_2"],
      auth: {
        anonymous: true,
        issuers: [
          {
            type: "cognito",
            userPoolId: "eu-west-1_AbCdEf123",
            clientId: "web",
          },
          {
            type: "oidc",
            issuer: "https://id.example.com/",
            audience: ["web", "app"],
            jwksUri: "https://id.example.com/keys",
          },
          {
            type: "oidc",
            issuer: "http://localhost:8080/realms/shop",
            audience: "web",
          },
        ],
      },
      retentionDays: 1,
      limits: {
        addressConnectsPerMinute: 1,
        addressVisitorsPerMinute: 2,
        addressQuestionsPerMinute: 3,
        addressTokensPerHour: 4,
        connectionFramesPerMinute: 5,
        visitorQuestionsPerMinute: 6,
        visitorTokensPerDay: 7,
        visitorRunningTurns: 8,
        conversationTurns: 0,
        maxTextLength: 500,
        unwatchedSeconds: 0,
      },
      budgets: {
        tokensPerDay: 0,
        tokensPerMonth: 1_000,
        dollarsPerDay: 0.5,
        dollarsPerMonth: 10,
      },
    };
    assert.deepEqual(parseSettings(settings), settings);
  });

  it("have room for an answer that is larger than the usual window", () => {
    const [model] = parseSettings({
      models: [{ ...MODEL, maxTokens: 128_000 }],
    }).models;
    assert.equal(model?.contextTokens, 256_000);
  });

  it("let nobody in without a sign-in where issuers are all that is said", () => {
    const issuer = { type: "oidc", issuer: "https://a.example", audience: "b" };
    const { auth } = parseSettings({
      models: [MODEL],
      auth: { issuers: [issuer] },
    });
    assert.deepEqual(auth, { anonymous: false, issuers: [issuer] });
  });

  it("may say in words that all visitors are anonymous", () => {
    const { auth } = parseSettings({
      models: [MODEL],
      auth: { anonymous: true },
    });
    assert.equal(auth, undefined);
  });

  const withAuth = (auth: unknown): unknown => ({ models: [MODEL], auth });
  const withIssuer = (...issuers: readonly object[]): unknown =>
    withAuth({ issuers });
  const oidc = {
    type: "oidc",
    issuer: "https://id.example.com",
    audience: "web",
  };
  const cognito = {
    type: "cognito",
    userPoolId: "us-east-1_AbCdEf123",
    clientId: "web",
  };
  const withModel = (fields: object): unknown => ({
    models: [{ ...MODEL, ...fields }],
  });
  const withGuardrail = (guardrail: unknown): unknown => ({
    models: [MODEL],
    guardrail,
  });

  for (const id of [
    "abc123def456",
    "arn:aws:bedrock:eu-west-1:123456789012:guardrail/abc123def456",
  ])
    for (const version of ["1", "DRAFT"])
      it(`may name version ${version} of the guardrail ${id}`, () => {
        const { guardrail } = parseSettings(withGuardrail({ id, version }));
        assert.deepEqual(guardrail, { id, version });
      });

  for (const [json, message] of [
    [
      withGuardrail({ id: "My guardrail", version: "1" }),
      'guardrail.id is "My guardrail"; expected the id or the ARN of a guardrail.',
    ],
    [
      withGuardrail({ id: "abc", version: "latest" }),
      'guardrail.version is "latest"; expected a number as text, or "DRAFT".',
    ],
    [
      withGuardrail({ id: "abc" }),
      "guardrail.version is missing; expected a string with something in it.",
    ],
    [[], "settings is []; expected an object."],
    [{}, "models is missing; expected an array of at least one model."],
    [{ models: [] }, "models is []; expected an array of at least one model."],
    [
      { models: [MODEL], model: "a" },
      "settings.model is not a setting; expected one of models, defaultModel, systemPrompt, guardrail, tools, allowedOrigins, requireOrigin, auth, retentionDays, limits, budgets.",
    ],
    [
      { models: [MODEL, OTHER, MODEL] },
      'models[2].id is "a"; expected an id that no model before it has.',
    ],
    [
      withModel({ id: " " }),
      'models[0].id is " "; expected a string with something in it.',
    ],
    [
      withModel({ modelId: undefined }),
      "models[0].modelId is missing; expected a string with something in it.",
    ],
    [
      withModel({ maxTokens: "1000" }),
      'models[0].maxTokens is "1000"; expected a whole number from 1 to 1000000.',
    ],
    [
      withModel({ contextTokens: 1_000 }),
      "models[0].contextTokens is 1000; expected a whole number from 1001 to 10000000.",
    ],
    [
      withModel({ settings: { temperature: 2 } }),
      "models[0].settings.temperature is 2; expected a number from 0 to 1.",
    ],
    [
      withModel({ settings: { stopSequences: ["a", ""] } }),
      'models[0].settings.stopSequences[1] is ""; expected a string with something in it.',
    ],
    [
      withModel({ settings: { additionalModelRequestFields: [1] } }),
      "models[0].settings.additionalModelRequestFields is [1]; expected an object.",
    ],
    [
      { models: [MODEL], defaultModel: "c" },
      'defaultModel is "c"; expected one of a.',
    ],
    [
      { models: [MODEL], systemPrompt: "" },
      'systemPrompt is ""; expected a string with something in it.',
    ],
    [
      { models: [MODEL], tools: "cart" },
      'tools is "cart"; expected an array of strings.',
    ],
    [
      { models: [MODEL], tools: ["cart", "add to cart"] },
      'tools[1] is "add to cart"; expected 1 to 64 characters of A-Z, a-z, 0-9, _ and -.',
    ],
    [
      { models: [MODEL], allowedOrigins: "https://example.com" },
      'allowedOrigins is "https://example.com"; expected an array of strings.',
    ],
    [
      {
        models: [MODEL],
        allowedOrigins: ["https://example.com", "https://example.com/shop"],
      },
      `allowedOrigins[1] is "https://example.com/shop"; expected ${ORIGIN_PATTERN_SENTENCE}.`,
    ],
    [
      { models: [MODEL], allowedOrigins: ["*"] },
      `allowedOrigins[0] is "*"; expected ${ORIGIN_PATTERN_SENTENCE}.`,
    ],
    [
      { models: [MODEL], requireOrigin: "yes" },
      'requireOrigin is "yes"; expected true or false.',
    ],
    [withAuth(true), "auth is true; expected an object."],
    [
      withAuth({ users: [] }),
      "auth.users is not a setting; expected one of anonymous, issuers.",
    ],
    [
      withAuth({ anonymous: "no", issuers: [oidc] }),
      'auth.anonymous is "no"; expected true or false.',
    ],
    [
      withAuth({ issuers: [] }),
      "auth.issuers is []; expected at least one issuer, because nobody can use the chat otherwise.",
    ],
    [withAuth({ issuers: {} }), "auth.issuers is {}; expected an array."],
    [
      withAuth({ issuers: ["https://id.example.com"] }),
      'auth.issuers[0] is "https://id.example.com"; expected an object.',
    ],
    [
      withIssuer({ ...oidc, type: "saml" }),
      'auth.issuers[0].type is "saml"; expected "cognito" or "oidc".',
    ],
    [
      withIssuer({ ...oidc, issuer: "id.example.com" }),
      'auth.issuers[0].issuer is "id.example.com"; expected an https URL (http for this machine only).',
    ],
    [
      withIssuer({ ...oidc, issuer: "http://id.example.com" }),
      'auth.issuers[0].issuer is "http://id.example.com"; expected an https URL (http for this machine only).',
    ],
    [
      withIssuer({ ...oidc, jwksUri: "http://localhost.example.com/keys" }),
      'auth.issuers[0].jwksUri is "http://localhost.example.com/keys"; expected an https URL (http for this machine only).',
    ],
    [
      withIssuer({ ...oidc, audience: undefined }),
      "auth.issuers[0].audience is missing; expected a string with something in it.",
    ],
    [
      withIssuer({ ...oidc, audience: [] }),
      "auth.issuers[0].audience is []; expected at least one string.",
    ],
    [
      withIssuer({ ...cognito, audience: "web" }),
      "auth.issuers[0].audience is not a setting; expected one of type, userPoolId, clientId.",
    ],
    [
      withIssuer({ ...cognito, userPoolId: "AbCdEf123" }),
      'auth.issuers[0].userPoolId is "AbCdEf123"; expected an id such as "us-east-1_AbCdEf123".',
    ],
    [
      withIssuer(cognito, oidc, { ...oidc, audience: "app" }),
      'auth.issuers[2] is "https://id.example.com"; expected an issuer that none before it names.',
    ],
    [
      { models: [MODEL], retentionDays: 0 },
      "retentionDays is 0; expected a whole number from 1 to 3650.",
    ],
    [
      { models: [MODEL], limits: { maxTextLength: 1.5 } },
      "limits.maxTextLength is 1.5; expected a whole number from 1 to 10000.",
    ],
    [
      { models: [MODEL], limits: { unwatchedSeconds: -1 } },
      "limits.unwatchedSeconds is -1; expected a whole number from 0 to 900.",
    ],
  ] as readonly (readonly [unknown, string])[])
    it(`are refused: ${message}`, () => {
      assert.throws(() => parseSettings(json), {
        name: ConfigError.name,
        message,
      });
    });
});
