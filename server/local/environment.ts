import { devNull } from "node:os";

export type Environment = Readonly<Record<string, string>>;

/** Credentials and region for services that check none, with the user's own AWS configuration out of sight. */
export const LOCAL_AWS: Environment = {
  AWS_REGION: "us-east-1",
  AWS_ACCESS_KEY_ID: "local",
  AWS_SECRET_ACCESS_KEY: "local",
  AWS_CONFIG_FILE: devNull,
  AWS_SHARED_CREDENTIALS_FILE: devNull,
  AWS_EC2_METADATA_DISABLED: "true",
};

/** Variables of the operating system that Node and the SDK may need. */
const PASSED_ON = [
  "HOME",
  "NODE_EXTRA_CA_CERTS",
  "PATH",
  "SYSTEMROOT",
  "TEMP",
  "TMP",
  "TMPDIR",
  "USERPROFILE",
];

/** What every function's environment begins with. Lambda runs in UTC. */
export function baseEnvironment(env: NodeJS.ProcessEnv): Environment {
  return { ...pick(env, (name) => PASSED_ON.includes(name)), TZ: "UTC" };
}

/**
 * The user's own environment, for a worker that calls the real Bedrock: credentials may come from variables, a profile,
 * single sign-on or a process, and each of them may look at any variable. Endpoints of other services are this stack's.
 */
export function userEnvironment(env: NodeJS.ProcessEnv): Environment {
  return pick(
    env,
    (name) =>
      name !== "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS" &&
      // Would change what the functions log, which is told from its lines.
      !name.startsWith("POWERTOOLS_"),
  );
}

function pick(
  env: NodeJS.ProcessEnv,
  wanted: (name: string) => boolean,
): Environment {
  return Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined && wanted(entry[0].toUpperCase()),
    ),
  );
}
