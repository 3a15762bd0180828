import type { ToolResultFrame } from "bedrock-chat-widget/protocol";
import { Refusal } from "./errors.ts";
import { isOpen } from "./frames.ts";
import type { ToolResult, Turn } from "./ports.ts";
import {
  ownConversation,
  unknownTurn,
  type Request,
  type RouterDeps,
} from "./request.ts";
import { settleTurn } from "./settle.ts";

const mayAnswer = ({ askedBy, resumes }: Turn, connectionId: string): boolean =>
  askedBy.connectionId === connectionId ||
  resumes.some((resume) => resume.connectionId === connectionId);

/**
 * Serves `tool-result`: the turn's worker finds it there. The first result of a call counts; what comes twice, too late, or
 * from a connection that has neither asked nor resumed is passed over, as nobody could do better about a refusal.
 */
export async function toolResult(
  deps: RouterDeps,
  request: Request,
  { conversationId, turnId, toolCallId, output, error }: ToolResultFrame,
): Promise<void> {
  if (!deps.tools?.length)
    throw new Refusal(
      "bad_request",
      "No tool call is waiting for a result: this server offers the model no tools.",
    );
  const { connectionId, requestId } = request;
  const { store, limits, log } = deps;
  await ownConversation(deps, request, conversationId);
  const found = await store.getTurn({ conversationId, turnId });
  const turn = found && (await settleTurn(deps, found, requestId));
  if (!turn) throw unknownTurn();
  const result: ToolResult = {
    toolCallId,
    ...(error === undefined ? { output } : { error }),
  };
  const isTaken =
    isOpen(turn) &&
    turn.tools !== undefined &&
    mayAnswer(turn, connectionId) &&
    (await store.putToolResult(turn, result, limits.maxToolCalls));
  log.info(
    isTaken ? "A tool gave its result." : "The result of a tool came in vain.",
    { toolCallId },
  );
}
