import type {
  Integration,
  IntegrationResponse,
  MockIntegration,
  ProxyIntegration,
} from "./definition.ts";
import { MAX_INTEGRATION_TIMEOUT_MS } from "./definition.ts";

/** Runs a function and gives its JSON result. Rejects when the function fails, is throttled or may not be invoked. */
export type InvokeFunction = (
  functionName: string,
  payload: string,
) => Promise<string>;

export type IntegrationResult =
  | {
      readonly outcome: "response";
      readonly status: number;
      readonly body?: string;
      /** Lower-case names. */
      readonly headers: ReadonlyMap<string, string>;
    }
  | { readonly outcome: "failed" | "malformed" | "timed-out" };

const NO_HEADERS: ReadonlyMap<string, string> = new Map();

/** Runs an integration with an event. Never rejects; a function that timed out goes on running. */
export async function runIntegration(
  integration: Integration,
  event: object,
  invoke: InvokeFunction,
): Promise<IntegrationResult> {
  return integration.type === "MOCK"
    ? runMock(integration)
    : runProxy(integration, event, invoke);
}

async function runProxy(
  { functionName, timeoutMs = MAX_INTEGRATION_TIMEOUT_MS }: ProxyIntegration,
  event: object,
  invoke: InvokeFunction,
): Promise<IntegrationResult> {
  const timeout = Promise.withResolvers<IntegrationResult>();
  const timer = setTimeout(
    () => timeout.resolve({ outcome: "timed-out" }),
    timeoutMs,
  );
  const answered = invoke(functionName, JSON.stringify(event)).then(
    proxyResult,
    (): IntegrationResult => ({ outcome: "failed" }),
  );
  try {
    return await Promise.race([answered, timeout.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Reads `{statusCode, headers?, multiValueHeaders?, body?, isBase64Encoded?}`. */
function proxyResult(payload: string): IntegrationResult {
  const result = JSON.parse(payload) as unknown;
  if (!isRecord(result)) return { outcome: "malformed" };
  const status = Number(result["statusCode"] ?? NaN);
  const body = result["body"] ?? undefined;
  const headers = responseHeaders(result);
  if (
    !Number.isInteger(status) ||
    status < 100 ||
    status > 599 ||
    !(body === undefined || typeof body === "string") ||
    !headers
  ) {
    return { outcome: "malformed" };
  }
  const text =
    body !== undefined && result["isBase64Encoded"] === true
      ? Buffer.from(body, "base64").toString()
      : body;
  return {
    outcome: "response",
    status,
    headers,
    ...(text !== undefined && { body: text }),
  };
}

function responseHeaders(
  result: Record<string, unknown>,
): Map<string, string> | undefined {
  const headers = new Map<string, string>();
  for (const key of ["headers", "multiValueHeaders"]) {
    const values = result[key] ?? {};
    if (!isRecord(values)) return undefined;
    for (const [name, value] of Object.entries(values)) {
      const last: unknown = Array.isArray(value) ? value.at(-1) : value;
      if (
        typeof last !== "string" &&
        typeof last !== "number" &&
        typeof last !== "boolean"
      ) {
        return undefined;
      }
      headers.set(name.toLowerCase(), String(last));
    }
  }
  return headers;
}

function runMock(mock: MockIntegration): IntegrationResult {
  const request = pickTemplate(
    mock.requestTemplates,
    mock.templateSelectionExpression,
  );
  const status = request === undefined ? undefined : mockStatus(request);
  if (status === undefined) return { outcome: "failed" };
  const response = mock.responses.find((r) => matches(r, status));
  const body =
    response &&
    pickTemplate(response.templates, response.templateSelectionExpression);
  return {
    outcome: "response",
    status,
    headers: NO_HEADERS,
    ...(body !== undefined && { body }),
  };
}

/** The status that the rendered request template asks for. */
function mockStatus(rendered: string): number | undefined {
  try {
    const { statusCode } = JSON.parse(rendered) as { statusCode?: unknown };
    return typeof statusCode === "number" ? statusCode : undefined;
  } catch {
    return undefined;
  }
}

function pickTemplate(
  templates: Readonly<Record<string, string>>,
  expression = "$default",
): string | undefined {
  return templates[expression.replace(/^\\/, "")] ?? templates["$default"];
}

function matches({ key }: IntegrationResponse, status: number): boolean {
  if (key === "$default") return true;
  return new RegExp(`^(?:${key.replace(/^\/|\/$/g, "")})$`).test(
    String(status),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
