/** What outlives the page: who the visitor is, which conversation it is, and questions that the server does not have yet. */
import type { ToolDefinition } from "../protocol.ts";
import type { ChatTurnError } from "./model.ts";
import type { ChatStorage } from "./ports.ts";
import type { AskedQuestion } from "./state.ts";

export interface SavedConversation {
  readonly id: string;
  /** The server has at least one question of it. */
  readonly started: boolean;
}

const NAMES = [
  "visitor",
  "conversation",
  "outbox",
  "open",
  "running",
  "calls",
] as const;
type Name = (typeof NAMES)[number];

/** A short name for `text` from which it cannot be read. Not for secrets: it only keeps keys apart (FNV-1a, 64 bits). */
export function hash(text: string): string {
  let value = 0xcbf29ce484222325n;
  for (const unit of text.split("")) {
    value ^= BigInt(unit.charCodeAt(0));
    value = BigInt.asUintN(64, value * 0x100000001b3n);
  }
  return value.toString(36);
}

export class SavedChat {
  /** Differs between endpoints and between users of one browser. */
  readonly scope: string;
  readonly #storage: ChatStorage;
  #writable = false;

  constructor(storage: ChatStorage, endpoint: string, userId = "") {
    this.#storage = storage;
    this.scope = `bedrock-chat:${hash(`${endpoint} ${userId}`)}`;
  }

  /** Nothing is stored before this: the visitor has opened the chat, or the page has. */
  allowWriting(): void {
    this.#writable = true;
  }

  get isShared(): boolean {
    return this.#storage.shared;
  }

  get visitorToken(): string | undefined {
    const token = this.read("visitor");
    return isString(token) ? token : undefined;
  }

  set visitorToken(token: string) {
    this.write("visitor", token);
  }

  get conversation(): SavedConversation | undefined {
    const saved = this.read("conversation");
    return isObject(saved) && isId(saved.id)
      ? { id: saved.id, started: saved.started === true }
      : undefined;
  }

  set conversation(conversation: SavedConversation) {
    this.write("conversation", conversation);
  }

  get open(): boolean {
    return this.read("open") === true;
  }

  set open(open: boolean) {
    this.write("open", open);
  }

  /** Whether an answer was under way. */
  get running(): boolean {
    return this.read("running") === true;
  }

  set running(running: boolean) {
    if (running !== this.running) this.write("running", running);
  }

  /** Questions of this conversation that the server does not have, oldest first. */
  outbox(conversationId: string): readonly AskedQuestion[] {
    const saved = this.read("outbox");
    return isObject(saved) &&
      saved.conversationId === conversationId &&
      Array.isArray(saved.questions)
      ? saved.questions.flatMap(readQuestion)
      : [];
  }

  putQuestion(conversationId: string, question: AskedQuestion): void {
    const all = [...this.outbox(conversationId), ...readQuestion(question)];
    // By its turn, so that one that is there already keeps its place.
    const byTurn = new Map(all.map((each) => [each.turnId, each]));
    const questions = [...byTurn.values()];
    this.write("outbox", { conversationId, questions });
  }

  removeQuestion(conversationId: string, turnId: string): void {
    const before = this.outbox(conversationId);
    const questions = before.filter((question) => question.turnId !== turnId);
    if (questions.length < before.length)
      this.write("outbox", { conversationId, questions });
  }

  wipe(): void {
    for (const name of NAMES) this.#storage.remove(this.#key(name));
    this.#writable = false;
  }

  #key(name: Name): string {
    return `${this.scope}:${name}`;
  }

  read(name: Name): unknown {
    const text = this.#storage.get(this.#key(name));
    if (text === undefined) return undefined;
    try {
      return JSON.parse(text);
    } catch {
      return undefined; // Somebody else wrote it: as good as nothing.
    }
  }

  write(name: Name, value: unknown): void {
    if (this.#writable)
      this.#storage.set(this.#key(name), JSON.stringify(value));
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

const isString = (value: unknown): value is string => typeof value === "string";

const isId = (value: unknown): value is string =>
  isString(value) && /^[\w-]{1,64}$/.test(value);

/** A question as it was stored or told by another tab; nothing when it is none. */
export function readQuestion(value: unknown): AskedQuestion[] {
  if (!isObject(value)) return [];
  const {
    turnId,
    text,
    createdAt,
    replaces,
    context,
    tools,
    modelHint,
    error,
  } = value;
  if (!isId(turnId) || !isString(text)) return [];
  return [
    {
      turnId,
      text,
      createdAt: Number(createdAt) || 0,
      replaces: isId(replaces) ? replaces : undefined,
      context: isObject(context) ? context : undefined,
      tools: Array.isArray(tools) ? (tools as ToolDefinition[]) : undefined,
      modelHint: isString(modelHint) ? modelHint : undefined,
      error:
        isObject(error) && isString(error.message)
          ? (error as unknown as ChatTurnError)
          : undefined,
    },
  ];
}
