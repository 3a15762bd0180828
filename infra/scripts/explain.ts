/** What a failure means to an operator, and what to do about it: a sentence or two each. */
import type { ErrorCode } from "bedrock-chat-widget/protocol";
import { SWITCHED_OFF } from "../../server/src/chat/kill-switch.ts";

/** A handshake that was answered by an HTTP status. */
export function explainHandshake(
  status: number,
  origin: string | undefined,
): string {
  switch (status) {
    case 403:
      return origin === undefined
        ? "The API refuses the handshake (403). If it admits some origins only, say which page is yours: --origin https://www.example.com. If it lies behind CloudFront, use CloudFront's URL."
        : `The API refuses pages of ${origin} (403): that origin is not among those that it admits. Add it to allowedOrigins and deploy, or check its scheme and port. If the API lies behind CloudFront, use CloudFront's URL.`;
    case 404:
      return "There is no such API or stage (404): compare the URL with the WebSocketUrl that the deployment printed.";
    case 429:
      return "Too many handshakes (429): more than limits.addressConnectsPerMinute from this address, which are over with the minute, or more than throttleRate and the account's quota for API Gateway allow.";
    default:
      return status >= 500
        ? `The router fails at the handshake (${status}). Its log says why: aws logs tail <log group of the router> --since 10m`
        : `The handshake is answered by ${status}; expected 101.`;
  }
}

/** A connection that did not come about. */
export function explainNetwork(
  error: NodeJS.ErrnoException,
  url: string,
): string {
  const { host } = new URL(url);
  switch (error.code) {
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `The name ${host} leads nowhere: a wrong URL, a deleted stack, or DNS records of a domain of your own that are missing or new.`;
    case "ECONNREFUSED":
    case "ECONNRESET":
    case "ETIMEDOUT":
      return `${host} does not answer (${error.code}): nothing listens there, or a firewall or a proxy keeps WebSockets out.`;
    default:
      return `The connection to ${host} fails: ${error.message}.`;
  }
}

const TURN_ERRORS: Partial<Record<ErrorCode, string>> = {
  model_rejected:
    "Amazon Bedrock refuses the model. Either the account has no access to it, or the id is none that this region knows, or the worker's role lacks a permission.",
  model_throttled:
    "Amazon Bedrock throttles the first question already. New accounts have quotas of 0 or nearly so for some models: see Service Quotas, Amazon Bedrock, requests and tokens per minute and per day for this model.",
  model_unavailable:
    "Amazon Bedrock does not answer. Its service health page, or a call of the same model by the AWS CLI, tells whether it is this deployment.",
  unauthorized:
    "The API wants visitors to be signed in (auth without anonymous: true), and this check is not. Handshakes work; ask a question on a page of yours.",
  budget_exceeded:
    "A budget has no room for the question: one of the site's, whose use the dashboard shows, or the tokens that limits give this address in an hour. A budget must hold all that one answer may use, which maxTokens of the model decides.",
  rate_limited:
    "This address has asked or connected too often within a minute: wait for the next one, or see limits in the configuration.",
  timeout:
    "The question was accepted, and no worker ran in time: reserved concurrency of 0, an account limit of concurrent executions that is used up, or a worker that fails as it starts. See its log and the dead-letter queue.",
  internal:
    "Router or worker failed. Their logs say why, under the request id of the error.",
};

/** An error frame that answered a question. */
export function explainTurn(
  code: ErrorCode,
  message: string,
  requestId: string | undefined,
): string {
  const id = requestId === undefined ? "" : ` The request id is ${requestId}.`;
  if (message === SWITCHED_OFF)
    return `The chat is switched off. npm run switch -- on lets questions through again.${id}`;
  return `${TURN_ERRORS[code] ?? `The question ends in ${code}: ${message}`}${id}`;
}

/** What Bedrock said to a call with the operator's own credentials. */
export function explainModel(
  modelId: string,
  region: string,
  name: string,
  message: string,
): string {
  const bedrock = `${modelId} in ${region}: `;
  if (name === "AccessDeniedException")
    return /not authorized to perform/.test(message)
      ? `${bedrock}these credentials may not call it, so nothing is known about the worker. ${message}`
      : `${bedrock}access to the model is not granted to this account. Open the model catalog of the Amazon Bedrock console; Anthropic's models ask for a use case once.`;
  if (/model use case details have not been submitted/i.test(message))
    return `${bedrock}access to the model is not granted to this account: submit the use case in the model catalog of the Amazon Bedrock console.`;
  if (/on-demand throughput isn.t supported/.test(message))
    return `${bedrock}the model is offered by inference profiles only. Put a prefix before its id, such as us. or global.; aws bedrock list-inference-profiles --region ${region} lists them.`;
  if (
    /model identifier is invalid/.test(message) ||
    name === "ResourceNotFoundException"
  )
    return `${bedrock}the model or profile is not available in this region. aws bedrock list-inference-profiles --region ${region} lists those that are.`;
  if (
    name === "ThrottlingException" ||
    name === "ServiceQuotaExceededException"
  )
    return `${bedrock}the first call is throttled already (${message}). The quota is probably 0: ask for more under Service Quotas, Amazon Bedrock.`;
  return `${bedrock}${name}: ${message}`;
}
