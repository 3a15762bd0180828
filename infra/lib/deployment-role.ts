import { RemovalPolicy, Stack, Validations } from "aws-cdk-lib";
import {
  Grant,
  type IGrantable,
  type IRole,
  Role,
  ServicePrincipal,
} from "aws-cdk-lib/aws-iam";
import { type ILogGroup, LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import type { Asset } from "aws-cdk-lib/aws-s3-assets";
import { Construct } from "constructs";
import { acknowledgeWildcard } from "./acknowledge.ts";

/**
 * Role and log group of the function by which CDK copies files into buckets. A stack has one such function, whatever the
 * number of buckets, so there is one role a stack. It is in place of CDK's own, whose actions have wildcards.
 */
export class DeploymentRole extends Construct {
  /** The one of `scope`'s stack, made when it is first asked for. */
  static of(scope: Construct): DeploymentRole {
    const stack = Stack.of(scope);
    const id = "WidgetDeployment";
    const existing = stack.node.tryFindChild(id) as DeploymentRole | undefined;
    return existing ?? new DeploymentRole(stack, id);
  }

  /** For CDK's construct, which can add nothing to it. */
  readonly role: IRole;
  readonly logGroup: ILogGroup;
  readonly #grantee: IGrantable;

  private constructor(scope: Construct, id: string) {
    super(scope, id);
    const role = new Role(this, "Role", {
      assumedBy: new ServicePrincipal("lambda.amazonaws.com"),
    });
    this.logGroup = new LogGroup(this, "Logs", {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.logGroup.grantWrite(role);
    this.#grantee = role;
    this.role = role.withoutPolicyUpdates();
  }

  /** Lets the function read packed files and write objects into the bucket. */
  grantCopy({ bucket }: Asset, destination: Bucket): void {
    const grant = (actions: string[], resource: string) =>
      Grant.addToPrincipal({
        grantee: this.#grantee,
        actions: actions.map((action) => `s3:${action}`),
        resourceArns: [resource],
      });
    grant(["GetObject"], bucket.arnForObjects("*"));
    grant(["ListBucket"], destination.bucketArn);
    grant(
      ["PutObject", "AbortMultipartUpload"],
      destination.arnForObjects("*"),
    );
    acknowledgeWildcard(
      this.#grantee,
      bucket.arnForObjects("*"),
      "Every release is packed under another name. A permission that changed with it would be too new for the copy that" +
        " follows at once: IAM takes some seconds.",
    );
    acknowledgeWildcard(
      this.#grantee,
      destination.arnForObjects("*"),
      "Every release has another path in this bucket, which holds nothing else.",
    );
  }

  /** To be called when there is a function: says, for cdk-nag, why its runtime is not the newest. */
  acknowledgeRuntime(): void {
    const handler = Stack.of(this).node.children.find(({ node }) =>
      node.id.startsWith("Custom::CDKBucketDeployment"),
    );
    if (handler)
      Validations.of(handler).acknowledge({
        id: "AwsSolutions::AwsSolutions-L1",
        reason:
          "The function is CDK's own; its runtime changes with the version of aws-cdk-lib.",
      });
  }
}
