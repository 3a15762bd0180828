import { Stack, Validations } from "aws-cdk-lib";
import type { IGrantable } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";

/** Writes down, for cdk-nag, why `grantee` is granted the `resource`, whose ARN has a wildcard. */
export function acknowledgeWildcard(
  grantee: IGrantable,
  resource: string,
  reason: string,
): void {
  const { grantPrincipal } = grantee;
  // A principal that is no construct (an account, a service) has no template of ours.
  if (!Construct.isConstruct(grantPrincipal)) return;
  const arn = flat(Stack.of(grantPrincipal).resolve(resource) as Resolved);
  Validations.of(grantPrincipal).acknowledge({
    id: `AwsSolutions::AwsSolutions-IAM5[Resource::${arn}]`,
    reason,
  });
}

type Resolved =
  | string
  | { readonly Ref: string }
  | { readonly "Fn::GetAtt": readonly string[] }
  | { readonly "Fn::Sub": string }
  | { readonly "Fn::Join": readonly [string, readonly Resolved[]] };

/** cdk-nag's way to write a value: what only CloudFormation knows stands in angle brackets. */
function flat(value: Resolved): string {
  if (typeof value === "string") return value;
  if ("Ref" in value) return `<${value.Ref}>`;
  if ("Fn::GetAtt" in value) return `<${value["Fn::GetAtt"].join(".")}>`;
  if ("Fn::Sub" in value)
    return value["Fn::Sub"].replace(/\$\{([^}]+)\}/g, "<$1>");
  const [separator, parts] = value["Fn::Join"];
  return parts.map(flat).join(separator);
}
