import type {
  AuthTokens,
  Clock,
  Connection,
  Conversation,
  ModelConfig,
  VisitorTokens,
  WorkerInvoker,
} from "./ports.ts";
import { Refusal } from "./errors.ts";
import type { KillSwitch } from "./kill-switch.ts";
import type { Timing, UsageLimits } from "./limits.ts";
import type { Asker, Rates } from "./rates.ts";
import type { SettleDeps } from "./settle.ts";

/** How users sign in. */
export interface Auth {
  readonly tokens: AuthTokens;
  /** Whether visitors who have not signed in are served too. */
  readonly anonymous: boolean;
}

/** What the router's rules need. */
export interface RouterDeps extends SettleDeps {
  readonly workers: WorkerInvoker;
  readonly tokens: VisitorTokens;
  /** Without it there are anonymous visitors only, and nobody looks at an `authToken`. */
  readonly auth?: Auth | undefined;
  readonly clock: Clock;
  readonly timing: Timing;
  readonly usage: UsageLimits;
  readonly rates: Rates;
  readonly killSwitch: KillSwitch;
  readonly systemPrompt?: string | undefined;
  readonly models: readonly ModelConfig[];
  /** Id of the model that serves a question without a known hint. */
  readonly defaultModel: string;
  /** Names of the tools that pages may offer the model; by default none. */
  readonly tools?: readonly string[];
  /**
   * The id of a visitor who has none. It is the same for the same connection: a `hello` that comes twice, also at once, must
   * not make two visitors, of whom the client would keep one and the conversation belong to the other.
   */
  readonly newVisitorId: (connectionId: string) => string;
}

/** Where a frame came from. */
export interface Origin {
  readonly connectionId: string;
  /** Goes into errors, so that a visitor's report leads to the log. */
  readonly requestId: string;
}

/** A frame of a connection that has been told `ready`. */
export interface Request extends Origin {
  readonly visitorId: string;
  /** Whose limits its questions count for. */
  readonly asker: Asker;
  /** The conversation that the connection receives so far. */
  readonly joined: string | undefined;
}

/** The request of a connection, which must have said `hello` and be signed in still, if it ever was or has to be. */
export function requestOf(
  { auth, clock }: RouterDeps,
  origin: Origin,
  connection: Connection | undefined,
): Request {
  if (connection?.visitorId === undefined)
    throw new Refusal(
      "not_ready",
      "Send a hello frame first and wait for ready.",
    );
  const { visitorId, signedInUntil } = connection;
  if (signedInUntil === undefined) admitAnonymous(auth);
  else if (clock.now() >= signedInUntil)
    throw new Refusal(
      "unauthorized",
      "Your sign-in has expired. Please sign in again.",
    );
  return {
    ...origin,
    visitorId,
    asker: { subject: visitorId, address: addressOf(connection) },
    joined: connection.conversationId,
  };
}

/** Refuses whoever is not signed in, where that is needed. */
export function admitAnonymous(auth: Auth | undefined): void {
  if (auth && !auth.anonymous) throw new Refusal("unauthorized");
}

/** What those share of whom no address is known. */
export const UNKNOWN_ADDRESS = "unknown";

/** The pseudonym of a connection's address. */
export const addressOf = (connection: Connection | undefined): string =>
  connection?.address ?? UNKNOWN_ADDRESS;

const unknownConversation = (): Refusal =>
  new Refusal("not_found", "There is no such conversation.");

/** The refusal of a frame that names a turn which is not there. */
export const unknownTurn = (): Refusal =>
  new Refusal("not_found", "There is no such turn in this conversation.");

/** The visitor's own conversation. Somebody else's is refused as if it did not exist. */
export async function ownConversation(
  { store }: RouterDeps,
  { visitorId }: Request,
  conversationId: string,
): Promise<Conversation> {
  const conversation = await store.getConversation(conversationId);
  if (conversation?.visitorId !== visitorId) throw unknownConversation();
  return conversation;
}

/** Makes the connection a receiver of the conversation, which the caller knows to be the visitor's. */
export async function join(
  { store }: RouterDeps,
  { connectionId, joined }: Request,
  conversationId: string,
): Promise<void> {
  if (joined !== conversationId)
    await store.joinConversation(connectionId, conversationId);
}
