import { CfnBudget } from "aws-cdk-lib/aws-budgets";
import { Construct } from "constructs";
import { expected, matching } from "./validate.ts";

export interface CostBudgetProps {
  /** US dollars that the whole AWS account may cost in a month. */
  readonly monthlyDollars: number;
  /** Who is told at 80 % and at 100 %, and when the forecast is above. */
  readonly email: string;
}

/** AWS Budgets' own watch over the account's bill, hours late but complete. It tells and does not stop anything. */
export class CostBudget extends Construct {
  constructor(scope: Construct, id: string, props: CostBudgetProps) {
    super(scope, id);
    if (!(props.monthlyDollars > 0))
      expected("monthlyDollars", props.monthlyDollars, "a number above 0");
    const address = matching(
      "email",
      props.email,
      /^[^@\s]+@[^@\s]+\.[^@\s]+$/,
      "an e-mail address",
    );
    const tell = (notificationType: string, threshold: number) => ({
      notification: {
        notificationType,
        threshold,
        thresholdType: "PERCENTAGE",
        comparisonOperator: "GREATER_THAN",
      },
      subscribers: [{ subscriptionType: "EMAIL", address }],
    });
    new CfnBudget(this, "Budget", {
      budget: {
        budgetType: "COST",
        timeUnit: "MONTHLY",
        budgetLimit: { amount: props.monthlyDollars, unit: "USD" },
      },
      notificationsWithSubscribers: [
        tell("ACTUAL", 80),
        tell("ACTUAL", 100),
        tell("FORECASTED", 100),
      ],
    });
  }
}
