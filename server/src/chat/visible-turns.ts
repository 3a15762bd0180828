import type { Store, Turn } from "./ports.ts";

/** A place in a conversation's turns, walked from the newest to the oldest. */
export interface Place {
  /** Only turns with an `order` below this. */
  readonly before: number;
  /** Turns from this `order` on are replaced by newer ones. */
  readonly hiddenFrom: number;
}

export const NEWEST: Place = {
  before: Number.POSITIVE_INFINITY,
  hiddenFrom: Number.POSITIVE_INFINITY,
};

/** The place behind `turn`: what it replaces stays out, also when it was itself replaced later. */
export const placeBehind = (turn: Turn, hiddenFrom: number): Place => ({
  before: turn.order,
  hiddenFrom: Math.min(hiddenFrom, turn.replacesFrom ?? hiddenFrom),
});

/** The turns that no newer turn has replaced, newest first, each with the place behind it. Reads `pageSize` at a time. */
export async function* visibleTurns(
  store: Store,
  conversationId: string,
  from: Place,
  pageSize: number,
): AsyncGenerator<{ readonly turn: Turn; readonly behind: Place }> {
  let place = from;
  for (;;) {
    const page = await store.listTurns(conversationId, {
      ...(Number.isFinite(place.before) ? { before: place.before } : {}),
      limit: pageSize,
    });
    for (const turn of page) {
      const visible = turn.order < place.hiddenFrom;
      place = placeBehind(turn, place.hiddenFrom);
      if (visible) yield { turn, behind: place };
    }
    if (page.length < pageSize) return;
  }
}

/** A place as a cursor for clients: `before`, and `hiddenFrom` where it says more. */
export const formatPlace = ({ before, hiddenFrom }: Place): string =>
  hiddenFrom < before ? `${before}.${hiddenFrom}` : `${before}`;

/** The place of a cursor, undefined when it is none. */
export function parsePlace(cursor: string): Place | undefined {
  const match = /^(\d{1,15})(?:\.(\d{1,15}))?$/.exec(cursor);
  if (!match) return undefined;
  return {
    before: Number(match[1]),
    hiddenFrom: match[2] === undefined ? Infinity : Number(match[2]),
  };
}
