import { Arn, ArnFormat, Aws, Token } from "aws-cdk-lib";
import { expected } from "./validate.ts";

/**
 * Regions to which Amazon Bedrock may send a request of each kind of cross-region inference profile. A superset over all
 * models and source regions: a permission for a region that a model does not use grants nothing, a missing one breaks
 * answers now and then. `""` stands for the model's ARN without a region, which global profiles need.
 */
export const INFERENCE_REGIONS: Readonly<Record<string, readonly string[]>> = {
  us: ["us-east-1", "us-east-2", "us-west-1", "us-west-2"],
  "us-gov": ["us-gov-east-1", "us-gov-west-1"],
  eu: [
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
  ],
  apac: [
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-7",
    "me-central-1",
  ],
  jp: ["ap-northeast-1", "ap-northeast-3"],
  au: ["ap-southeast-2", "ap-southeast-4"],
  global: [""],
};

/** What one configured model makes necessary: ARNs, and the profile by which alone they may be used. */
export interface InvokableResources {
  readonly resourceArns: readonly string[];
  /** Set where the resources may only be used by way of this inference profile. */
  readonly throughProfileArn?: string;
}

const MODEL_NAME = /^[a-z0-9-]+\.[A-Za-z0-9.:_-]+$/;
const ARN =
  /^arn:[a-z-]+:bedrock:[a-z0-9-]*:(\d{12})?:(foundation-model|inference-profile|provisioned-model|imported-model|custom-model-deployment|application-inference-profile)\/[A-Za-z0-9.:_-]+$/;

/**
 * The resources on which a caller of `modelId` needs `bedrock:InvokeModelWithResponseStream`.
 *
 * @param modelId Foundation model or system-defined inference profile by its id, or any of Bedrock's invokable kinds by
 * its ARN.
 */
export function resourcesOf(
  modelId: string,
  inferenceRegions: Readonly<Record<string, readonly string[]>>,
): InvokableResources[] {
  if (Token.isUnresolved(modelId))
    return expected(
      "modelId",
      "a token",
      "an id or ARN that is known at synthesis, or `invokableArns` beside it",
    );
  if (modelId.startsWith("arn:"))
    return resourcesOfArn(modelId, inferenceRegions);
  if (!MODEL_NAME.test(modelId))
    return expected(
      "modelId",
      modelId,
      "a Bedrock model id, inference-profile id or ARN, such as amazon.nova-lite-v1:0",
    );
  const profile = profileOf(modelId, inferenceRegions);
  if (!profile) return [{ resourceArns: [modelArn(modelId, Aws.REGION)] }];
  return throughProfile(
    Arn.format({
      partition: Aws.PARTITION,
      service: "bedrock",
      region: Aws.REGION,
      account: Aws.ACCOUNT_ID,
      resource: "inference-profile",
      resourceName: modelId,
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    }),
    profile,
  );
}

interface Profile {
  readonly model: string;
  readonly regions: readonly string[];
}

function profileOf(
  id: string,
  inferenceRegions: Readonly<Record<string, readonly string[]>>,
): Profile | undefined {
  const [prefix = "", ...rest] = id.split(".");
  const regions = inferenceRegions[prefix];
  if (regions) return { model: rest.join("."), regions };
  // provider.model has one dot more where a profile's prefix stands in front.
  const [second = ""] = rest;
  if (rest.length > 1 && /^[a-z]+$/.test(second))
    return expected(
      "modelId",
      id,
      `a model, or a profile that begins with one of ${Object.keys(inferenceRegions).join(", ")}; add others to inferenceRegions`,
    );
  return undefined;
}

function resourcesOfArn(
  arn: string,
  inferenceRegions: Readonly<Record<string, readonly string[]>>,
): InvokableResources[] {
  const [, , , region = "", , resource = ""] = splitArn(arn);
  const kind = ARN.exec(arn)?.[2];
  const name = resource.slice(resource.indexOf("/") + 1);
  switch (kind) {
    case undefined:
      return expected(
        "modelId",
        arn,
        "an ARN of something that Bedrock invokes",
      );
    case "application-inference-profile":
      return expected(
        "modelId",
        arn,
        "`invokableArns` beside an application inference profile: its ARN and those of its models, as `aws bedrock get-inference-profile` lists them",
      );
    case "inference-profile": {
      const profile = profileOf(name, inferenceRegions);
      if (!profile)
        return expected("modelId", arn, "a profile of a known kind");
      return throughProfile(arn, profile, region);
    }
    default:
      return [{ resourceArns: [arn] }];
  }
}

function throughProfile(
  profileArn: string,
  { model, regions }: Profile,
  source: string = Aws.REGION,
): InvokableResources[] {
  // A global profile is served from the source region too.
  const destinations = regions.includes("") ? [source, ...regions] : regions;
  return [
    { resourceArns: [profileArn] },
    {
      resourceArns: destinations.map((region) => modelArn(model, region)),
      throughProfileArn: profileArn,
    },
  ];
}

const modelArn = (model: string, region: string): string =>
  `arn:${Aws.PARTITION}:bedrock:${region}::foundation-model/${model}`;

/** The six parts of an ARN; the last may hold colons. */
function splitArn(arn: string): string[] {
  const parts = arn.split(":");
  return [...parts.slice(0, 5), parts.slice(5).join(":")];
}
