/**
 * What stands behind the local Bedrock endpoint: a model gives events, the endpoint turns them into what Bedrock sends.
 */
import type { ExceptionName } from "./exceptions.ts";

/** A content block as Converse knows it; kinds that nothing here reads pass through untouched. */
export interface ContentBlock {
  readonly text?: string;
  readonly toolUse?: {
    readonly toolUseId: string;
    readonly name: string;
    readonly input: unknown;
  };
  readonly toolResult?: {
    readonly toolUseId: string;
    readonly content: readonly {
      readonly text?: string;
      readonly json?: unknown;
    }[];
    readonly status?: "success" | "error";
  };
  readonly [kind: string]: unknown;
}

export interface ConverseMessage {
  readonly role: "user" | "assistant";
  readonly content: readonly ContentBlock[];
}

export interface ToolSpec {
  readonly name: string;
  readonly description?: string;
  readonly inputSchema: { readonly json: unknown };
}

/** The body of a Converse or ConverseStream request, validated. */
export interface ConverseBody {
  readonly messages: readonly ConverseMessage[];
  readonly system?: readonly { readonly text?: string }[];
  readonly inferenceConfig?: {
    readonly maxTokens?: number;
    readonly temperature?: number;
    readonly topP?: number;
    readonly stopSequences?: readonly string[];
  };
  readonly guardrailConfig?: {
    readonly guardrailIdentifier: string;
    readonly guardrailVersion: string;
  };
  readonly toolConfig?: {
    readonly tools: readonly { readonly toolSpec?: ToolSpec }[];
    readonly toolChoice?: unknown;
  };
  readonly [field: string]: unknown;
}

export interface EndpointRequest {
  /** Model id, inference-profile id or ARN, as in the path. */
  readonly modelId: string;
  readonly body: ConverseBody;
}

/**
 * What a model does. An iteration that ends without `stop` ends as `end_turn`, and one without `usage` gets an estimate.
 */
export type EndpointEvent =
  /** Sends the response's head and `messageStart` before there is any text; the others do so by themselves. */
  | { readonly type: "start" }
  | { readonly type: "text"; readonly text: string }
  /** Reasoning of the model, which Bedrock sends in a block of its own. */
  | { readonly type: "reasoning"; readonly text: string }
  /** A whole call of a tool; `inputPieces` are the parts of its JSON as they are streamed. */
  | {
      readonly type: "tool-use";
      readonly toolUseId: string;
      readonly name: string;
      readonly inputPieces: readonly string[];
    }
  | { readonly type: "stop"; readonly stopReason: string }
  | {
      readonly type: "usage";
      readonly inputTokens: number;
      readonly outputTokens: number;
    }
  /** Ends the answer: an HTTP error when nothing was sent yet, else an exception in the stream. */
  | {
      readonly type: "exception";
      readonly name: ExceptionName;
      readonly message: string;
    }
  /**
   * Ends the connection in mid-answer. `clean`: as if it were complete, but without `messageStop`; `frame`: inside of an
   * event; `reset`: by resetting the stream.
   */
  | { readonly type: "cut"; readonly how: "clean" | "frame" | "reset" }
  /** Replaces the whole response. */
  | {
      readonly type: "raw";
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: Uint8Array;
    };

/** A model behind the endpoint. */
export interface EndpointModel {
  /** One call. `signal` is aborted when the client has closed the stream: the iteration is then to end soon. */
  generate(
    request: EndpointRequest,
    signal: AbortSignal,
  ): AsyncIterable<EndpointEvent>;
}
