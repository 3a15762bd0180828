import type { StageConfig } from "../../bin/config.ts";
import { ACCOUNT, REGION } from "./deployed-template.ts";

/** A name of one's own, with a certificate and a zone. */
export const domain = (domainName: string) => ({
  domainName,
  certificateArn: `arn:aws:acm:us-east-1:${ACCOUNT}:certificate/11111111-2222-3333-4444-555555555555`,
  hostedZoneId: "Z123",
  hostedZoneName: "example.com",
});

/** A stage's values with everything switched on that is off by default. */
export const everything = {
  region: REGION,
  account: ACCOUNT,
  edge: { domain: domain("chat.example.com") },
  widgetDomain: domain("widget.example.com"),
  alarms: { email: "a@example.com", errors: 2 },
  costBudget: { monthlyDollars: 10, email: "a@example.com" },
  logRetentionDays: 7,
  workerConcurrency: 10,
  allowedOrigins: ["https://www.example.com"],
  guardrail: { id: "abc123def456", version: "1" },
  auth: {
    anonymous: true,
    issuers: [
      {
        type: "cognito",
        userPoolId: "us-east-1_AbCdEf123",
        clientId: "1example23456789",
      },
    ],
  },
  tools: ["cart"],
  limits: { visitorQuestionsPerMinute: 19, conversationTurns: 0 },
  budgets: { tokensPerDay: 0, dollarsPerDay: 5, dollarsPerMonth: 50 },
} as const satisfies Partial<StageConfig>;
