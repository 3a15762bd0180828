/** What API Gateway is told about a WebSocket API: the part of the CloudFormation resources that decides what happens. */

export interface ApiDefinition {
  readonly apiId: string;
  /** All stages serve the same routes, and each one's `@connections` reaches every connection. */
  readonly stages: readonly string[];
  /** `$request.body.<path>`, with or without braces after the dollar sign. */
  readonly routeSelectionExpression: string;
  readonly routes: Readonly<Record<string, Route>>;
}

export interface Route {
  readonly integration: Integration;
  /** Two-way: has both a route response selection expression and a `$default` route response. */
  readonly routeResponse?: boolean;
}

export type Integration = ProxyIntegration | MockIntegration;

export interface ProxyIntegration {
  readonly type: "AWS_PROXY";
  readonly functionName: string;
  /** 50 to 29,000 ms. */
  readonly timeoutMs?: number;
}

export interface MockIntegration {
  readonly type: "MOCK";
  /** Key of the request template, `$default` when there is none. A backslash before the dollar sign is allowed. */
  readonly templateSelectionExpression?: string;
  /** Templates that render to `{"statusCode": …}`. Only literal JSON is rendered here. */
  readonly requestTemplates: Readonly<Record<string, string>>;
  readonly responses: readonly IntegrationResponse[];
}

export interface IntegrationResponse {
  /** `$default`, or a regular expression between slashes that is matched against the status code. */
  readonly key: string;
  readonly templateSelectionExpression?: string;
  /** Literal text, by template key. */
  readonly templates: Readonly<Record<string, string>>;
}

export const MAX_INTEGRATION_TIMEOUT_MS = 29_000;
const MIN_INTEGRATION_TIMEOUT_MS = 50;
const SELECTION = /^\$(?:request\.body\.([\w.]+)|\{request\.body\.([\w.]+)\})$/;

/** Throws a sentence for people when the definition is one that API Gateway would refuse or this emulator cannot run. */
export function checkDefinition(api: ApiDefinition): void {
  selectionPath(api.routeSelectionExpression);
  if (api.stages.length === 0) {
    throw new Error("A WebSocket API needs at least one stage.");
  }
  for (const [key, route] of Object.entries(api.routes)) {
    checkIntegration(key, route.integration);
  }
}

function checkIntegration(routeKey: string, integration: Integration): void {
  if (integration.type === "AWS_PROXY") {
    const timeout = integration.timeoutMs ?? MAX_INTEGRATION_TIMEOUT_MS;
    if (
      timeout < MIN_INTEGRATION_TIMEOUT_MS ||
      timeout > MAX_INTEGRATION_TIMEOUT_MS
    ) {
      throw new Error(
        `Route ${routeKey}: an integration timeout of ${timeout} ms is not between 50 and 29,000.`,
      );
    }
    return;
  }
  const templates = [
    ...Object.values(integration.requestTemplates),
    ...integration.responses.flatMap((r) => Object.values(r.templates)),
  ];
  for (const template of templates) {
    // `$` and `#` start the expressions of the template language, of which this emulator knows none.
    if (/[$#]/.test(template)) {
      throw new Error(
        `Route ${routeKey}: the template ${template} is not literal text; only literal templates are emulated.`,
      );
    }
  }
}

function selectionPath(expression: string): string[] {
  const match = SELECTION.exec(expression);
  const path = match?.[1] ?? match?.[2];
  if (path === undefined) {
    throw new Error(
      `The route selection expression ${expression} is not of the form $request.body.<path>.`,
    );
  }
  return path.split(".");
}

/**
 * The route of a message: what the selection expression yields if a route has that key, else `$default`. Undefined when
 * neither exists. Any key can be chosen by a client, `$connect` included.
 */
export function selectRoute(
  api: ApiDefinition,
  body: string,
): { readonly key: string; readonly route: Route } | undefined {
  const selected = selectedKey(api.routeSelectionExpression, body);
  for (const key of [selected, "$default"]) {
    if (Object.hasOwn(api.routes, key)) {
      return { key, route: api.routes[key]! };
    }
  }
  return undefined;
}

/** Anything that is not JSON, and JSON without the key, selects "". Other values are made strings. */
function selectedKey(expression: string, body: string): string {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return "";
  }
  for (const name of selectionPath(expression)) {
    if (
      typeof value !== "object" ||
      value === null ||
      !Object.hasOwn(value, name)
    ) {
      return "";
    }
    value = (value as Record<string, unknown>)[name];
  }
  if (value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
