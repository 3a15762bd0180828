import { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import { LOCAL_AWS, userEnvironment } from "./environment.ts";
import type { Environment } from "./environment.ts";
import { BEDROCK_ENDPOINT_VARIABLE, UsageError } from "./options.ts";

/** Variables that tell the SDK where credentials are. */
const CREDENTIAL_VARIABLES = [
  "AWS_ACCESS_KEY_ID",
  "AWS_PROFILE",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
  "AWS_CONTAINER_CREDENTIALS_FULL_URI",
  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
];
/** An API key opens Bedrock only; the services of this stack then still need credentials of any kind. */
const API_KEY_VARIABLE = "AWS_BEARER_TOKEN_BEDROCK";

/**
 * The worker's AWS variables for Bedrock itself: the user's, unchanged. The worker's other clients take the same
 * credentials to endpoints of this stack, which look at none. Throws `UsageError` when region or credentials are missing.
 */
export async function accessToAws(
  env: NodeJS.ProcessEnv,
): Promise<Environment> {
  const client = new BedrockRuntimeClient({});
  try {
    await client.config.region();
  } catch {
    throw new UsageError(
      "--bedrock needs a region; set AWS_REGION, or a region in your AWS profile.",
    );
  }
  try {
    await client.config.credentials();
    return userEnvironment(env);
  } catch (error) {
    if (env[API_KEY_VARIABLE]) {
      return { ...userEnvironment(env), ...localKeys() };
    }
    throw new UsageError(
      `--bedrock found no AWS credentials (${firstSentence(error)}); set AWS_PROFILE, or sign in with the AWS CLI.`,
    );
  } finally {
    client.destroy();
  }
}

/** The worker's AWS variables for an endpoint that the user named: the user's credentials if there are any. */
export function accessToEndpoint(
  env: NodeJS.ProcessEnv,
  url: string,
): Environment {
  const hasCredentials = CREDENTIAL_VARIABLES.some((name) => env[name]);
  const region = env["AWS_REGION"] || LOCAL_AWS["AWS_REGION"]!;
  return {
    ...(hasCredentials ? userEnvironment(env) : LOCAL_AWS),
    ...(env[API_KEY_VARIABLE] && { [API_KEY_VARIABLE]: env[API_KEY_VARIABLE] }),
    AWS_REGION: region,
    [BEDROCK_ENDPOINT_VARIABLE]: url,
  };
}

function localKeys(): Environment {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = LOCAL_AWS;
  return {
    AWS_ACCESS_KEY_ID: AWS_ACCESS_KEY_ID!,
    AWS_SECRET_ACCESS_KEY: AWS_SECRET_ACCESS_KEY!,
  };
}

function firstSentence(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split(/\.\s|\n/, 1)[0]!.replace(/\.$/, "");
}
