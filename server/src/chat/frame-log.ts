import { endsTurn, type TurnFrame } from "bedrock-chat-widget/protocol";
import { ChatError } from "./errors.ts";
import { upToEnd } from "./frames.ts";
import type { Store, TurnKey } from "./ports.ts";

const CLOSING_ATTEMPTS = 20;

/** JSON that does not depend on the order in which a store gives an object's fields. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, field: unknown) =>
    typeof field === "object" && field !== null && !Array.isArray(field)
      ? Object.fromEntries(
          Object.entries(field).sort(([one], [other]) =>
            one < other ? -1 : 1,
          ),
        )
      : field,
  );

/**
 * Appends `frames` to the log and says whether they stand there. A write whose answer was lost is met again as a
 * conflict with itself, so a conflict counts only after a look at what is there.
 */
export async function appendFenced(
  store: Store,
  key: TurnKey,
  frames: readonly TurnFrame[],
): Promise<boolean> {
  for (let rest = frames; rest[0] !== undefined;) {
    if (await store.appendFrames(key, rest)) return true;
    const stored = await store.listFrames(key, rest[0].seq - 1);
    const same =
      stored.length > 0 &&
      stored.every((frame, i) => canonical(frame) === canonical(rest[i]));
    if (!same) return false;
    rest = rest.slice(stored.length);
  }
  return true;
}

/**
 * Ends the log with `last`, unless somebody has ended it already, and gives all its frames. Whoever appends after this is
 * fenced off, so the outcome of the turn is decided here.
 */
export async function closeLog(
  store: Store,
  key: TurnKey,
  last: (seq: number) => TurnFrame,
): Promise<readonly TurnFrame[]> {
  for (let attempt = 0; attempt < CLOSING_ATTEMPTS; attempt++) {
    const frames = upToEnd(await store.listFrames(key, -1));
    const newest = frames.at(-1);
    if (newest && endsTurn(newest)) return frames;
    const closing = last((newest?.seq ?? -1) + 1);
    if (await appendFenced(store, key, [closing])) return [...frames, closing];
  }
  throw new ChatError(
    "internal",
    `The log of turn ${key.turnId} grew faster than it could be closed.`,
  );
}
