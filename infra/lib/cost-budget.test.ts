import assert from "node:assert/strict";
import test from "node:test";
import { Match, Template } from "aws-cdk-lib/assertions";
import { newStack } from "../test/support/stacks.ts";
import { CostBudget } from "./cost-budget.ts";

test("somebody is told at 80 and 100 percent, and of a forecast", () => {
  // GIVEN
  const stack = newStack();
  // WHEN
  new CostBudget(stack, "Budget", {
    monthlyDollars: 50,
    email: "a@example.com",
  });
  // THEN
  const notice = (NotificationType: string, Threshold: number) =>
    Match.objectLike({
      Notification: Match.objectLike({ NotificationType, Threshold }),
      Subscribers: [{ SubscriptionType: "EMAIL", Address: "a@example.com" }],
    });
  Template.fromStack(stack).hasResourceProperties("AWS::Budgets::Budget", {
    Budget: {
      BudgetType: "COST",
      TimeUnit: "MONTHLY",
      BudgetLimit: { Amount: 50, Unit: "USD" },
    },
    NotificationsWithSubscribers: [
      notice("ACTUAL", 80),
      notice("ACTUAL", 100),
      notice("FORECASTED", 100),
    ],
  });
});

for (const [props, message] of [
  [
    { monthlyDollars: 0, email: "a@example.com" },
    /monthlyDollars is 0; expected a number above 0/,
  ],
  [
    { monthlyDollars: 1, email: "me" },
    /email is "me"; expected an e-mail address/,
  ],
] as const)
  test(`${JSON.stringify(props)} is refused`, () => {
    assert.throws(() => new CostBudget(newStack(), "Budget", props), message);
  });
