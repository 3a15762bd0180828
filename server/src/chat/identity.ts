import type { HelloFrame } from "bedrock-chat-widget/protocol";
import type { Connection, SignedIn } from "./ports.ts";
import { addressOf, admitAnonymous, type RouterDeps } from "./request.ts";

/** Who says hello. */
export interface Identity {
  /** Whose conversations they may see. */
  readonly visitorId: string;
  readonly signedInUntil?: number;
  /**
   * Who they are without their sign-in, and whom their visitor token names. A user's own id is in no visitor token: one
   * that is found on a device must not be worth a sign-in.
   */
  readonly anonymousId: string;
}

/** The id of a user. Its colon tells it from the ids that visitor tokens may name. */
export const userVisitorId = (user: string): string => `user:${user}`;

/** The user of the token, if `hello` brings one. A bad one is refused, also where nobody needs one. */
async function userOf(
  { auth }: RouterDeps,
  { authToken }: HelloFrame,
): Promise<SignedIn | undefined> {
  if (!auth) return undefined;
  if (authToken !== undefined) return auth.tokens.verify(authToken);
  admitAnonymous(auth);
  return undefined;
}

/** The visitor token's visitor, without a token the connection's, or else somebody new. */
async function anonymousIdOf(
  { tokens, clock, rates, newVisitorId }: RouterDeps,
  connectionId: string,
  { visitorToken }: HelloFrame,
  connection: Connection | undefined,
): Promise<string> {
  const known =
    visitorToken === undefined
      ? connection?.visitorId
      : await tokens.verify(visitorToken, clock.now());
  if (known !== undefined && !known.includes(":")) return known;
  await rates.newVisitor(addressOf(connection));
  return newVisitorId(connectionId);
}

/** Finds out who says hello. */
export async function identityOf(
  deps: RouterDeps,
  connectionId: string,
  frame: HelloFrame,
  connection: Connection | undefined,
): Promise<Identity> {
  const user = await userOf(deps, frame);
  const anonymousId = await anonymousIdOf(
    deps,
    connectionId,
    frame,
    connection,
  );
  return user
    ? { visitorId: user.visitorId, signedInUntil: user.until, anonymousId }
    : { visitorId: anonymousId, anonymousId };
}
