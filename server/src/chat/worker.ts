import type { TurnKey } from "./ports.ts";
import { retrying } from "./retry.ts";
import { settleTurn } from "./settle.ts";
import { TurnRun, type Invocation, type WorkerDeps } from "./turn-run.ts";

/**
 * Answers a turn. Only one of several invocations for the same turn does it: the others find it taken, and the one that
 * comes after the router's lease ends it.
 */
export async function runTurn(
  deps: WorkerDeps,
  key: TurnKey,
  invocation: Invocation,
): Promise<void> {
  const { store, clock, timing } = deps;
  const log = deps.log.with({ ...key, requestId: invocation.requestId });
  const turn = await retrying(deps, () => {
    const now = clock.now();
    return store.takeTurn(key, now, now + timing.runLeaseMs);
  });
  const itsDeps = { ...deps, log };
  if (turn) return new TurnRun(itsDeps, turn, invocation).run();
  log.info("A turn was not free to be taken.");
  const found = await store.getTurn(key);
  if (found) await settleTurn(itsDeps, found, invocation.requestId);
}
