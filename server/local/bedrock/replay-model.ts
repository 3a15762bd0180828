/** Replays recorded responses of the real service byte for byte. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { EndpointEvent, EndpointModel } from "./endpoint-model.ts";

/** A recorded call: what was sent to Bedrock, and what it answered. */
export interface Recording {
  readonly name: string;
  readonly modelId: string;
  readonly operation: "converse" | "converse-stream";
  readonly requestBody: unknown;
  readonly response: Extract<EndpointEvent, { type: "raw" }>;
}

interface RecordingFile {
  readonly request: { readonly url: string; readonly body: unknown };
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly bodyBase64?: string;
    readonly bodyText?: string;
    readonly parsedBody?: unknown;
  };
}

const FOLDER = "bedrock-recordings";
const BESIDE_THE_REPOSITORY = join(
  dirname(fileURLToPath(import.meta.url)),
  "../../../..",
);

/** Names of the recordings at hand: in `directory`, in `$BEDROCK_RECORDINGS`, or in a folder near the repository. */
export function listRecordings(directory = findDirectory()): string[] {
  if (!directory) return [];
  return readdirSync(directory)
    .filter((file) => file.endsWith(".json"))
    .sort()
    .map((file) => join(directory, file));
}

function findDirectory(): string | undefined {
  const named = process.env["BEDROCK_RECORDINGS"];
  if (named) return named;
  const neighbours = readdirSync(BESIDE_THE_REPOSITORY);
  return ["", ...neighbours]
    .map((name) => join(BESIDE_THE_REPOSITORY, name, FOLDER))
    .find((folder) => existsSync(folder));
}

/** Reads one recording. */
export function readRecording(file: string): Recording {
  const { request, response } = JSON.parse(
    readFileSync(file, "utf8"),
  ) as RecordingFile;
  const [, model = "", operation] =
    /\/model\/([^/]+)\/([a-z-]+)$/.exec(request.url) ?? [];
  const streamed = response.bodyBase64 !== undefined;
  return {
    name: basename(file, ".json"),
    modelId: decodeURIComponent(model),
    operation: operation === "converse" ? "converse" : "converse-stream",
    requestBody: request.body,
    response: {
      type: "raw",
      status: response.status,
      headers: {
        // Some recordings had their headers blanked out.
        "content-type": streamed
          ? "application/vnd.amazon.eventstream"
          : "application/json",
        ...Object.fromEntries(
          Object.entries(response.headers).filter(
            ([, value]) => !value.includes("REDACTED"),
          ),
        ),
      },
      body: streamed
        ? Buffer.from(response.bodyBase64, "base64")
        : Buffer.from(
            response.bodyText ?? JSON.stringify(response.parsedBody),
            "utf8",
          ),
    },
  };
}

/** Answers every call with the recording, whatever it asks. */
export function createReplayModel(recordingFile: string): EndpointModel {
  const { response } = readRecording(recordingFile);
  return {
    // eslint-disable-next-line @typescript-eslint/require-await -- the port is asynchronous
    async *generate() {
      yield response;
    },
  };
}
