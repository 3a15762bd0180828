/** What `/error` can make go wrong. */
import type { Performance, Step } from "./performance.ts";

interface Failure {
  readonly help: string;
  readonly steps: readonly Step[];
}

const beginning: Step = {
  type: "say",
  text: "This answer begins well, and you can read this much of it, but then",
};

export const FAILURES: Readonly<Record<string, Failure>> = {
  throttling: {
    help: "too many requests; the server tries again by itself before it gives up",
    steps: [
      {
        type: "exception",
        name: "ThrottlingException",
        message: "Too many requests, please wait before trying again.",
      },
    ],
  },
  validation: {
    help: "the model refuses the request",
    steps: [
      {
        type: "exception",
        name: "ValidationException",
        message:
          "The model returned the following errors: this request was refused because it asked for that.",
      },
    ],
  },
  truncated: {
    help: "the stream ends in mid-answer as if it were complete",
    steps: [beginning, { type: "cut", how: "clean" }],
  },
  stream: {
    help: "the model fails in mid-answer",
    steps: [
      beginning,
      {
        type: "exception",
        name: "ModelStreamErrorException",
        message: "The model failed while it was answering.",
      },
    ],
  },
  internal: {
    help: "an internal error before the answer begins",
    steps: [
      {
        type: "exception",
        name: "InternalServerException",
        message:
          "The system encountered an unexpected error during processing. Try your request again.",
      },
    ],
  },
  unavailable: {
    help: "the service is not available",
    steps: [
      {
        type: "exception",
        name: "ServiceUnavailableException",
        message: "The service is not available. Try your request again later.",
      },
    ],
  },
  timeout: {
    help: "the model takes too long",
    steps: [
      {
        type: "exception",
        name: "ModelTimeoutException",
        message:
          "Model has timed out in processing the request. Try your request again.",
      },
    ],
  },
};

export const failAs = (kind: string): Performance | undefined =>
  Object.hasOwn(FAILURES, kind) ? FAILURES[kind] : undefined;
