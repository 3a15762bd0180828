import type { PageContext, ToolDefinition } from "bedrock-chat-widget/protocol";
import { ChatError, Refusal } from "./errors.ts";
import { isOpen, turnError } from "./frames.ts";
import type { NewTurn, Turn, TurnKey } from "./ports.ts";
import type { RouterDeps } from "./request.ts";
import { endFromOutside, settleConversation } from "./settle.ts";

/** How often a conversation is tried to be taken: again each time that its holder turned out to be dead. */
const HOLD_ATTEMPTS = 4;

/** A question that is about to be accepted. */
export interface Question {
  readonly key: TurnKey;
  readonly visitorId: string;
  readonly text: string;
  readonly context?: PageContext | undefined;
  readonly tools?: readonly ToolDefinition[] | undefined;
  /** A hint into the list of models. */
  readonly model?: string | undefined;
  readonly replaces?: string | undefined;
  readonly askedBy: Turn["askedBy"];
  readonly requestId: string;
}

/** Takes the conversation for the question and gives the question's place in it. */
async function hold(
  deps: RouterDeps,
  { key, visitorId, requestId }: Question,
): Promise<number> {
  const { store, clock, timing } = deps;
  for (let attempt = 0; attempt < HOLD_ATTEMPTS; attempt++) {
    const hold = await store.holdConversation(
      key,
      visitorId,
      clock.now() + timing.holdLeaseMs,
    );
    if (hold.outcome === "foreign")
      throw new Refusal("not_found", "There is no such conversation.");
    if (hold.outcome === "held-now" || hold.active.turnId === key.turnId)
      return hold.order;
    const { held } = await settleConversation(
      deps,
      { conversationId: key.conversationId, visitorId, active: hold.active },
      requestId,
    );
    if (held) break;
  }
  throw new Refusal("busy");
}

/** Order of the first turn that the question takes out of the conversation. */
async function replacesFrom(
  { store }: RouterDeps,
  { key, replaces }: Question,
): Promise<number | undefined> {
  if (replaces === undefined) return undefined;
  // A turn that was never stored, or has expired, leaves nothing to take out: the question is as good without it.
  return (await store.getTurn({ ...key, turnId: replaces }))?.order;
}

function check({ limits }: RouterDeps, { key, text, replaces }: Question) {
  if (text.length > limits.maxTextLength)
    throw new Refusal(
      "too_large",
      `The question has ${text.length} characters; at most ${limits.maxTextLength} are allowed.`,
    );
  if (replaces === key.turnId)
    throw new Refusal(
      "bad_request",
      "A turn cannot replace itself: replaces must name an earlier turnId.",
    );
}

/** Stores a question. False: it had been stored before and is answered only once. */
export async function storeQuestion(
  deps: RouterDeps,
  question: Question,
): Promise<boolean> {
  check(deps, question);
  const { store, clock, timing, models, defaultModel } = deps;
  const { key, text, context, model, askedBy } = question;
  const [order, replaced] = await Promise.all([
    hold(deps, question),
    replacesFrom(deps, question),
  ]);
  const now = clock.now();
  const tools = question.tools?.filter(({ name }) =>
    deps.tools?.includes(name),
  );
  const turn: NewTurn = {
    ...key,
    order,
    text: text.toWellFormed(),
    ...(context === undefined ? {} : { context }),
    ...(tools?.length ? { tools } : {}),
    model: models.find(({ id }) => id === model)?.id ?? defaultModel,
    createdAt: now,
    ...(replaced === undefined ? {} : { replacesFrom: replaced }),
    askedBy,
    leaseUntil: now + timing.acceptLeaseMs,
  };
  if (await store.putTurn(turn)) {
    deps.metrics.add("questions", 1);
    const { length } = text;
    deps.log.info("A question was accepted.", {
      ...key,
      requestId: question.requestId,
      model: turn.model,
      length,
    });
    return true;
  }
  // The turn may have ended since it was looked for; then the conversation was taken for nothing.
  const stored = await store.getTurn(key);
  if (!stored || !isOpen(stored)) await store.releaseConversation(key);
  return false;
}

/** Starts the worker of a stored question; one that cannot be started fails at once, so that nobody waits for it. */
export async function startWorker(
  deps: RouterDeps,
  key: TurnKey,
  requestId: string,
): Promise<void> {
  try {
    await deps.workers.start(key);
  } catch (error) {
    deps.log.error("A worker could not be started.", {
      ...key,
      requestId,
      error,
    });
    const turn = await deps.store.getTurn(key);
    if (!turn || !isOpen(turn)) return;
    const failure = new ChatError("internal", "The worker did not start.");
    await endFromOutside(deps, turn, (seq) =>
      turnError(key.turnId, seq, failure, requestId),
    );
  }
}
