import { Validations } from "aws-cdk-lib";
import type { IGrantable } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";

/** Writes down, for cdk-nag, why a permission of `grantee` is as wide as it is. */
export function acknowledge(
  grantee: IGrantable,
  id: string,
  reason: string,
): void {
  const { grantPrincipal } = grantee;
  // A principal that is no construct (an account, a service) has no template of ours.
  if (Construct.isConstruct(grantPrincipal))
    Validations.of(grantPrincipal).acknowledge({ id, reason });
}
