/**
 * Names that the handlers, the local stack and the CDK constructs share: environment variables, the table's keys and
 * the answer to a heartbeat. It imports nothing, so that synthesis loads no AWS SDK.
 */

/** Environment variables of both functions. `config.ts` reads them and says which values are legal. */
export const ENV = {
  /** DynamoDB table. */
  tableName: "TABLE_NAME",
  /** `@connections` endpoint, `https://{api}.execute-api.{region}.amazonaws.com/{stage}`; a custom domain is not one. */
  callbackUrl: "CALLBACK_URL",
  /** Name or ARN of the worker function; router only. */
  workerFunctionName: "WORKER_FUNCTION_NAME",
  /** Secrets Manager id of the key that signs visitor tokens. */
  visitorKeySecretId: "VISITOR_KEY_SECRET_ID",
  /**
   * Secrets Manager id of the key by which CloudFront makes itself known in `x-api-key`; only where one is in front of the
   * API, whose `X-Forwarded-For` is believed then.
   */
  edgeKeySecretId: "EDGE_KEY_SECRET_ID",
  /**
   * Path of the JSON file with models, system prompt and limits (`settings.ts` says what is legal in it); a relative path
   * starts at the working directory, which on Lambda is the folder of the packed code. A file, because all variables of a
   * function together may have 4 KB.
   */
  settingsFile: "SETTINGS_FILE",
  /** `DEBUG`, `INFO`, `WARN` or `ERROR`. */
  logLevel: "LOG_LEVEL",
  /** `on` writes every frame into the log, texts and tokens included: to find a fault, never for long. Default `off`. */
  logFrames: "LOG_FRAMES",
} as const;

/** The one table: string keys `pk` and `sk`, TTL attribute `ttl`, and a local index that orders a conversation's turns. */
export const TABLE = {
  partitionKey: "pk",
  sortKey: "sk",
  timeToLive: "ttl",
  /** Local secondary index with the numeric sort key `order`, projecting keys only; sparse: only turns have it. */
  turnOrderIndex: "turn-order",
  turnOrderKey: "order",
} as const;

/**
 * The item that switches all questions off while its attribute `off` is true. It has no expiry. It is written by hand or
 * by `npm run switch`, and read by every router once in a while.
 */
export const KILL_SWITCH = {
  key: { pk: "SWITCH", sk: "META" },
  attribute: "off",
} as const;

/** Seconds after which Lambda drops an asynchronous invocation that could not run; the router's lease is longer. */
export const WORKER_MAX_EVENT_AGE_SECONDS = 60;

/**
 * The `ping` route: a MOCK integration, so that a heartbeat runs no function. API Gateway answers only when there is an
 * integration response *and* a route response.
 */
export const PING_ROUTE = {
  routeKey: "ping",
  requestTemplate: '{"statusCode":200}',
  responseTemplate: '{"type":"pong"}',
} as const;

/** Selects the route of a frame. */
export const ROUTE_SELECTION_EXPRESSION = "$request.body.type";

/**
 * Metrics that the functions write and the dashboard shows. One dimension tells deployments apart: `dimension`, whose
 * value is the table's name. Refusals are also there by `reason`, the code of the error that the client got.
 */
export const METRICS = {
  namespace: "BedrockChat",
  dimension: "service",
  reason: "reason",
  /** Accepted questions. */
  questions: "Questions",
  /** Milliseconds from the accepted question to the first piece of text. */
  firstTokenTime: "FirstTokenTime",
  /** What answers are charged for, which is estimated where the model has not said it. */
  inputTokens: "InputTokens",
  outputTokens: "OutputTokens",
  /** US dollars by the prices of the models in the settings. */
  cost: "Cost",
  /** Answers that a visitor stopped. */
  stops: "Stops",
  resumes: "Resumes",
  /** Answers that broke off before the model had ended them. */
  truncations: "Truncations",
  /** Calls that the model turned away for being too many, each attempt by itself. */
  modelThrottles: "ModelThrottles",
  /** Connections, questions and other frames refused by a limit, a budget or a rule. */
  refusals: "Refusals",
  /** Answers that ended in an error that was not the visitor's, and frames that could not be served. */
  failures: "Failures",
  ratingsUp: "RatingsUp",
  ratingsDown: "RatingsDown",
  /** Percent of the tightest budget of the site that is used or reserved; 100 when one had no room for a question. */
  budgetUsed: "BudgetUsed",
} as const;
