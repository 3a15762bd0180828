/** How records look as items. Anything of unknown shape is kept as JSON text: DynamoDB has no type for every value. */
import type { TurnFrame } from "bedrock-chat-widget/protocol";
import type {
  Connection,
  Conversation,
  NewTurn,
  ResumeRequest,
  ToolResult,
  Turn,
  TurnState,
} from "../chat/ports.ts";
import { turnKey } from "./keys.ts";
import type { Item } from "./table.ts";

export function toConnection(item: Item): Connection {
  const { connectionId, connectedAt, conversationId, address } = item;
  const { visitorId, signedInUntil } = item;
  return defined<Connection>({
    connectionId: connectionId as string,
    connectedAt: connectedAt as number,
    visitorId: visitorId as string | undefined,
    signedInUntil: signedInUntil as number | undefined,
    conversationId: conversationId as string | undefined,
    address: address as string | undefined,
  });
}

export function toConversation(item: Item): Conversation {
  const active = holder(item)?.active;
  return defined<Conversation>({
    conversationId: item.conversationId as string,
    visitorId: item.visitorId as string,
    turnCount: (item.turnCount as number | undefined) ?? 0,
    contextTokens: item.contextTokens as number | undefined,
    active,
  });
}

/** The turn that holds the conversation, with its order. */
export function holder(item: Item) {
  if (item.activeTurnId === undefined) return undefined;
  return {
    active: {
      turnId: item.activeTurnId as string,
      leaseUntil: item.activeLeaseUntil as number,
    },
    order: item.activeOrder as number,
  };
}

export function fromNewTurn(turn: NewTurn): Item {
  const { text, context, tools, reservation, ...rest } = turn;
  return {
    ...turnKey(turn),
    ...rest,
    state: "accepted",
    text: text.toWellFormed(),
    context: context && JSON.stringify(context),
    tools: tools && JSON.stringify(tools),
    reservation: reservation && JSON.stringify(reservation),
    resumes: [],
  };
}

export function toTurn(item: Item): Turn {
  const json = <T>(value: unknown): T | undefined =>
    value === undefined ? undefined : (JSON.parse(value as string) as T);
  return defined<Turn>({
    conversationId: item.conversationId as string,
    turnId: item.turnId as string,
    order: item.order as number,
    state: item.state as TurnState,
    text: item.text as string,
    context: json(item.context),
    tools: json(item.tools),
    model: item.model as string,
    createdAt: item.createdAt as number,
    reservation: json(item.reservation),
    replacesFrom: item.replacesFrom as number | undefined,
    askedBy: item.askedBy as Turn["askedBy"],
    leaseUntil: item.leaseUntil as number | undefined,
    stopRequestedAt: item.stopRequestedAt as number | undefined,
    resumes: item.resumes as ResumeRequest[],
    toolResults: (item.toolResults as string[] | undefined)?.map(
      (result) => JSON.parse(result) as ToolResult,
    ),
    answer: item.answer as string | undefined,
    lastFrame: json<TurnFrame>(item.lastFrame),
    rating: item.rating as Turn["rating"],
    comment: item.comment as string | undefined,
  });
}

/** `record` without its undefined fields. */
function defined<T extends object>(record: {
  [K in keyof T]: T[K] | undefined;
}): T {
  return Object.fromEntries(
    Object.entries(record).filter(([, value]) => value !== undefined),
  ) as T;
}
