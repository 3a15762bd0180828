/** Any server with the chat completions API (Ollama, llama.cpp, vLLM, …) as a model behind the Bedrock endpoint. */
import type {
  ConverseBody,
  EndpointEvent,
  EndpointModel,
} from "./endpoint-model.ts";
import type { ExceptionName } from "./exceptions.ts";
import { chatEvents, errorText } from "./openai/chat-events.ts";
import { chatRequest } from "./openai/chat-request.ts";
import { readServerSentEvents } from "./openai/sse.ts";

export interface OpenAiModelOptions {
  /** Base URL, as in `http://localhost:11434/v1`. */
  readonly url: string;
  /** The model's name on that server. */
  readonly name: string;
  readonly apiKey?: string;
}

const EXCEPTION_OF_STATUS: Readonly<Record<number, ExceptionName>> = {
  400: "ValidationException",
  401: "AccessDeniedException",
  403: "AccessDeniedException",
  404: "ResourceNotFoundException",
  408: "ModelTimeoutException",
  413: "ValidationException",
  422: "ValidationException",
  429: "ThrottlingException",
  502: "ServiceUnavailableException",
  503: "ServiceUnavailableException",
  504: "ModelTimeoutException",
};

/** Streams each answer as it comes; closing the stream closes the request to the server. */
export function createOpenAiModel(options: OpenAiModelOptions): EndpointModel {
  return {
    async *generate({ body }, signal) {
      let begun = false;
      try {
        const response = await request(options, body, signal);
        begun = true;
        if (!response.ok) yield await refusal(response, options);
        else yield* chatEvents(readData(response));
      } catch (error) {
        if (!signal.aborted) yield failure(error, begun, options);
      }
    },
  };
}

const request = (
  { url, name, apiKey }: OpenAiModelOptions,
  body: ConverseBody,
  signal: AbortSignal,
): Promise<Response> =>
  fetch(`${url.replace(/\/+$/, "")}/chat/completions`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
    },
    body: JSON.stringify(chatRequest(name, body)),
    signal,
  });

/** Events of a stream; the whole body as one event when the server does not stream. */
async function* readData(response: Response): AsyncGenerator<string> {
  const type = response.headers.get("content-type") ?? "";
  if (type.includes("application/json")) yield await response.text();
  else if (response.body)
    yield* readServerSentEvents(response.body as AsyncIterable<Uint8Array>);
}

async function refusal(
  response: Response,
  { url, name }: OpenAiModelOptions,
): Promise<EndpointEvent> {
  const body = await response.text();
  const said = errorText(parse(body)) ?? body.slice(0, 500);
  return {
    type: "exception",
    name: EXCEPTION_OF_STATUS[response.status] ?? "InternalServerException",
    message: `The model server at ${url} answered ${response.status} for the model ${name}${said ? `: ${said}` : "."}`,
  };
}

function failure(
  error: unknown,
  begun: boolean,
  { url }: OpenAiModelOptions,
): EndpointEvent {
  const { message, cause } = error as Error & { cause?: { code?: string } };
  const reason = cause?.code ?? message;
  return begun
    ? {
        type: "exception",
        name: "ModelStreamErrorException",
        message: `The answer of the model server at ${url} broke off (${reason}).`,
      }
    : {
        type: "exception",
        name: "ServiceUnavailableException",
        message: `The model server at ${url} cannot be reached (${reason}). Is it running?`,
      };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
