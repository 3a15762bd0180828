import { Stack } from "aws-cdk-lib";
import { Grant, type IGrantable } from "aws-cdk-lib/aws-iam";
import type { IConstruct } from "constructs";
import {
  INFERENCE_REGIONS,
  type InvokableResources,
  resourcesOf,
} from "./bedrock-models.ts";
import { expected } from "./validate.ts";

/** What decides about a model's permissions. */
export interface InvokableModel {
  /** Foundation model or inference profile by its id, or anything else that Bedrock invokes by its ARN. */
  readonly modelId: string;
  /**
   * ARNs that the worker may invoke for this model.
   *
   * @default - derived from `modelId`
   */
  readonly invokableArns?: readonly string[];
}

export interface ModelAccessOptions {
  /**
   * Destination regions of inference profiles, by the prefix of their ids, in place of or in addition to the known ones.
   *
   * @default - `INFERENCE_REGIONS`
   */
  readonly inferenceRegions?: Readonly<Record<string, readonly string[]>>;
}

/** Lets `grantee` stream answers of exactly these models. */
export function grantInvokeModels(
  grantee: IGrantable,
  models: readonly InvokableModel[],
  options: ModelAccessOptions = {},
): Grant {
  const regions = { ...INFERENCE_REGIONS, ...options.inferenceRegions };
  const grants = models
    .flatMap((model): InvokableResources[] => {
      if (model.invokableArns === undefined)
        return resourcesOf(model.modelId, regions);
      if (model.invokableArns.length === 0)
        return expected("invokableArns", [], "at least one ARN");
      return [{ resourceArns: model.invokableArns }];
    })
    .map(({ resourceArns, throughProfileArn }) =>
      Grant.addToPrincipal({
        grantee,
        actions: ["bedrock:InvokeModelWithResponseStream"],
        resourceArns: [...resourceArns],
        conditions: throughProfileArn
          ? { ArnEquals: { "bedrock:InferenceProfileArn": throughProfileArn } }
          : undefined,
      }),
    );
  const [first, ...others] = grants;
  if (!first) return expected("models", models, "at least one model");
  return others.reduce((all, grant) => all.combine(grant), first);
}

/** Lets `grantee` have this guardrail, by its id or ARN, look at what a model gets and gives. */
export function grantApplyGuardrail(
  grantee: IGrantable & IConstruct,
  { id }: { readonly id: string },
): Grant {
  const arn = id.startsWith("arn:")
    ? id
    : Stack.of(grantee).formatArn({
        service: "bedrock",
        resource: "guardrail",
        resourceName: id,
      });
  return Grant.addToPrincipal({
    grantee,
    actions: ["bedrock:ApplyGuardrail"],
    resourceArns: [arn],
  });
}
