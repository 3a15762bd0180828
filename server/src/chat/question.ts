import type { PageContext, ToolDefinition } from "bedrock-chat-widget/protocol";
import { mostUsage } from "./context.ts";
import { ChatError, Refusal } from "./errors.ts";
import { isOpen, NO_USAGE, turnError } from "./frames.ts";
import type { Reservation } from "./meter.ts";
import type { Conversation, NewTurn, Turn, TurnKey } from "./ports.ts";
import type { Asker } from "./rates.ts";
import type { RouterDeps } from "./request.ts";
import { endFromOutside, settleConversation } from "./settle.ts";

/** How often a conversation is tried to be taken: again each time that its holder turned out to be dead. */
const HOLD_ATTEMPTS = 4;

/** A question that is about to be accepted. */
export interface Question {
  readonly key: TurnKey;
  readonly visitorId: string;
  readonly asker: Asker;
  readonly text: string;
  readonly context?: PageContext | undefined;
  readonly tools?: readonly ToolDefinition[] | undefined;
  /** A hint into the list of models. */
  readonly model?: string | undefined;
  readonly replaces?: string | undefined;
  readonly askedBy: Turn["askedBy"];
  readonly requestId: string;
}

const foreign = (): Refusal =>
  new Refusal("not_found", "There is no such conversation.");

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
    if (hold.outcome === "foreign") throw foreign();
    if (hold.outcome === "held-now" || hold.active.turnId === key.turnId)
      return hold.order;
    const { held } = await settleConversation(
      deps,
      { conversationId: key.conversationId, active: hold.active },
      requestId,
    );
    if (held) break;
  }
  throw new Refusal("busy");
}

/** Order of the first turn that the question takes out of the conversation. */
async function findReplaced(
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

/** Refuses what needs no budget to be refused. */
async function admit(
  deps: RouterDeps,
  { key, visitorId, asker, requestId }: Question,
): Promise<Conversation | undefined> {
  const { store, usage, rates, killSwitch } = deps;
  const [conversation] = await Promise.all([
    store.getConversation(key.conversationId),
    rates.question(asker),
    killSwitch.check(),
  ]);
  if (!conversation) return undefined;
  if (conversation.visitorId !== visitorId) throw foreign();
  if (
    usage.conversationTurns > 0 &&
    conversation.turnCount >= usage.conversationTurns
  )
    throw new Refusal("context_too_long");
  if (conversation.active && conversation.active.turnId !== key.turnId) {
    const { held } = await settleConversation(deps, conversation, requestId);
    if (held) throw new Refusal("busy");
  }
  return conversation;
}

type Asked = Pick<
  NewTurn,
  "conversationId" | "turnId" | "text" | "context" | "tools" | "model"
>;

/** The question as its turn has it. */
function asked(deps: RouterDeps, question: Question): Asked {
  const { models, defaultModel } = deps;
  const { key, text, context, model } = question;
  const tools = question.tools?.filter(({ name }) =>
    deps.tools?.includes(name),
  );
  return {
    ...key,
    text: text.toWellFormed(),
    ...(context === undefined ? {} : { context }),
    ...(tools?.length ? { tools } : {}),
    model: models.find(({ id }) => id === model)?.id ?? defaultModel,
  };
}

/** Stores a question. False: it had been stored before and is answered only once. */
export async function storeQuestion(
  deps: RouterDeps,
  question: Question,
): Promise<boolean> {
  check(deps, question);
  const { budgets } = deps;
  const conversation = await admit(deps, question);
  const turn = asked(deps, question);
  const reservation = await budgets.reserve(
    turn,
    question.asker,
    mostUsage(deps, turn, conversation),
  );
  let place: Pick<NewTurn, "order" | "replacesFrom">;
  try {
    const [order, replacesFrom] = await Promise.all([
      hold(deps, question),
      findReplaced(deps, question),
    ]);
    place = { order, ...(replacesFrom === undefined ? {} : { replacesFrom }) };
  } catch (error) {
    await budgets.settle(turn, reservation, NO_USAGE);
    throw error;
  }
  return put(deps, question, { ...turn, ...place, reservation });
}

/** Stores the turn, or puts back what it needs no more. When nobody knows whether it is stored, nothing is put back. */
async function put(
  deps: RouterDeps,
  { key, text, askedBy, requestId }: Question,
  turn: Asked & {
    readonly reservation: Reservation;
  } & Pick<NewTurn, "order" | "replacesFrom">,
): Promise<boolean> {
  const { store, clock, timing, budgets, log, metrics } = deps;
  const now = clock.now();
  const leaseUntil = now + timing.acceptLeaseMs;
  if (await store.putTurn({ ...turn, createdAt: now, askedBy, leaseUntil })) {
    metrics.add("questions", 1);
    const { model } = turn;
    const { length } = text;
    log.info("A question was accepted.", { ...key, requestId, model, length });
    return true;
  }
  const [stored] = await Promise.all([
    store.getTurn(key),
    budgets.giveBack(turn, turn.reservation),
  ]);
  // The turn may have ended since it was looked for; then conversation and slot were taken for nothing.
  if (!stored || !isOpen(stored))
    await Promise.all([
      store.releaseConversation(key),
      budgets.freeSlot(key, turn.reservation),
    ]);
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
