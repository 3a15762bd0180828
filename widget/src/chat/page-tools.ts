/** Runs the functions of the page that the model asks for: here or nowhere, and once. */
import {
  MAX_DEPTH,
  MAX_TOOL_ERROR_LENGTH,
  MAX_TOOL_OUTPUT_BYTES,
  MAX_TOOLS_BYTES,
  utf8Length,
  type ServerFrame,
  type ToolCallFrame,
  type ToolDefinition,
  type ToolResultFrame,
} from "../protocol.ts";
import { hasEnded } from "./model.ts";
import type { SessionPort } from "./ports.ts";
import type { SavedChat } from "./saved-chat.ts";
import { findTurn } from "./state.ts";

/** A function of the page that the model may call. */
export interface PageTool {
  /** Tells the model what it does and when to use it. */
  readonly description: string;
  /** JSON Schema of the input, which is an object. The model may still write something else. */
  readonly inputSchema: Readonly<Record<string, unknown>>;
  /** Gives what the model is told, as JSON; what it throws is told as a failure. */
  readonly handler: (input: unknown) => unknown;
}

/** A result is not acknowledged: it is repeated after so long, until the answer goes on. */
export const REPEAT_RESULT_MS = 3_000;

const isObject = (value: unknown): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What goes with a question about these tools. The page's developer is told of those that are none, and left without. */
export function definitionsOf(
  tools: Readonly<Record<string, PageTool>> = {},
  warn: (sentence: string) => void = () => {},
): readonly ToolDefinition[] | undefined {
  const definitions = Object.entries(tools).flatMap(([name, tool]) => {
    const { description, inputSchema, handler } = tool ?? {};
    const isRight =
      /^[\w-]{1,64}$/.test(name) &&
      typeof description === "string" &&
      description.trim() !== "" &&
      isObject(inputSchema) &&
      typeof handler === "function";
    if (isRight) return [{ name, description, inputSchema }];
    warn(
      `The tool ${JSON.stringify(name)} must have a name of 1 to 64 characters of A-Z, a-z, 0-9, _ and -, and {description, inputSchema, handler}; it is left out.`,
    );
    return [];
  });
  const bytes = utf8Length(JSON.stringify(definitions));
  if (bytes > MAX_TOOLS_BYTES) {
    warn(
      `The definitions of tools have ${bytes} bytes; at most ${MAX_TOOLS_BYTES} are allowed. All are left out.`,
    );
    return undefined;
  }
  return definitions.length > 0 ? definitions : undefined;
}

/** Calls that are remembered: many more than can be open at a time. */
const MOST_CALLS = 50;

export interface ToolRunnerPort extends SessionPort {
  readonly saved: SavedChat;
  tools?(): Readonly<Record<string, PageTool>> | undefined;
}

type Outcome = Pick<ToolResultFrame, "output" | "error">;

/** A turn whose calls may be this page's. */
interface Followed {
  /** The lock is this page's: no other tab runs the calls. */
  owned: boolean;
  /** How often the answer has gone on. */
  rounds: number;
  readonly calls: ToolCallFrame[];
  readonly repeats: Set<() => void>;
  readonly release: () => void;
}

/**
 * Of several tabs, the one that asked runs the calls of a turn: it holds a lock as long as the turn runs. When it goes
 * away, the lock falls to one that has resumed the turn, which may be the same tab after a reload. A stored note says of
 * each call that it was begun, so that none is run twice.
 */
export class ToolRunner {
  readonly #port: ToolRunnerPort;
  readonly #followed = new Map<string, Followed>();

  constructor(port: ToolRunnerPort) {
    this.#port = port;
  }

  /** The turn was asked or resumed by this page. */
  follow(turnId: string): void {
    if (this.#followed.has(turnId)) return;
    const { environment, saved } = this.#port;
    let release = (): void => {};
    const over = new Promise<void>((resolve) => (release = resolve));
    const followed: Followed = {
      owned: false,
      rounds: 0,
      calls: [],
      repeats: new Set(),
      release,
    };
    this.#followed.set(turnId, followed);
    void environment.lock(`${saved.scope}:tools:${turnId}`, () => {
      followed.owned = true;
      this.#runAll(followed);
      return over;
    });
  }

  /** A frame of a turn came, for the first time on this page: a call, or the answer goes on, for the model has its results. */
  received(turnId: string, frame: ServerFrame): void {
    const followed = this.#followed.get(turnId);
    if (!followed) return;
    if (frame.type !== "tool-call") {
      followed.rounds++;
      followed.calls.length = 0;
      this.#stopRepeating(followed);
    } else if (!frame.settled) {
      followed.calls.push(frame);
      if (followed.owned) this.#runAll(followed);
    }
  }

  /** To be called after every change: lets go of turns that have ended. */
  update(): void {
    for (const [turnId, followed] of this.#followed) {
      const turn = findTurn(this.#port.getState(), turnId);
      if (!turn || hasEnded(turn)) this.#letGo(turnId, followed);
    }
  }

  dispose(): void {
    for (const [turnId, followed] of this.#followed)
      this.#letGo(turnId, followed);
  }

  #letGo(turnId: string, followed: Followed): void {
    this.#followed.delete(turnId);
    followed.calls.length = 0;
    this.#stopRepeating(followed);
    followed.release();
  }

  #stopRepeating({ repeats }: Followed): void {
    for (const cancel of repeats) cancel();
    repeats.clear();
  }

  #runAll(followed: Followed): void {
    for (const call of followed.calls.splice(0)) void this.#run(call, followed);
  }

  async #run(call: ToolCallFrame, followed: Followed): Promise<void> {
    const { turnId, toolCallId } = call;
    const { rounds } = followed;
    const { conversationId } = this.#port.getState();
    const outcome = this.#begin(`${turnId}:${toolCallId}`)
      ? await this.#perform(call)
      : { error: "The page was left while the tool ran." };
    // The turn has ended, or goes on because this took too long.
    if (this.#followed.get(turnId) !== followed || followed.rounds > rounds)
      return;
    const frame: ToolResultFrame = {
      type: "tool-result",
      conversationId,
      turnId,
      toolCallId,
      ...outcome,
    };
    const tell = (): void => {
      this.#port.send(frame);
      const { environment } = this.#port;
      const cancel = environment.after(REPEAT_RESULT_MS, () => {
        followed.repeats.delete(cancel);
        tell();
      });
      followed.repeats.add(cancel);
    };
    tell();
  }

  /** Notes that a tool is about to be run for a call. False: it was begun before, on this page or on an earlier one. */
  #begin(id: string): boolean {
    const { saved } = this.#port;
    const calls = saved.read("calls");
    const begun: readonly unknown[] = Array.isArray(calls) ? calls : [];
    if (begun.includes(id)) return false;
    saved.write("calls", [...begun, id].slice(-MOST_CALLS));
    return true;
  }

  async #perform({
    turnId,
    toolCallId,
    name,
    input,
  }: ToolCallFrame): Promise<Outcome> {
    const tools = this.#port.tools?.() ?? {};
    const tool = Object.hasOwn(tools, name) ? tools[name] : undefined;
    if (!tool) return { error: `This page has no tool named ${name}.` };
    this.#port.emit("tool-call", turnId, toolCallId, name, input);
    try {
      return outcomeOf(await tool.handler(input));
    } catch (thrown) {
      const message = thrown instanceof Error ? thrown.message : String(thrown);
      return {
        error: message.trim().slice(0, MAX_TOOL_ERROR_LENGTH) || FAILED,
      };
    }
  }
}

const FAILED = "The tool failed.";

function outcomeOf(value: unknown): Outcome {
  const json = JSON.stringify(value) ?? "null";
  const bytes = utf8Length(json);
  if (bytes > MAX_TOOL_OUTPUT_BYTES)
    return {
      error: `The tool gave ${bytes} bytes; at most ${MAX_TOOL_OUTPUT_BYTES} are allowed.`,
    };
  const output: unknown = JSON.parse(json);
  return fitsInto(MAX_DEPTH - 1, output)
    ? { output }
    : { error: "What the tool gave nests too deep." };
}

/** Whether it nests no deeper than so many levels. */
const fitsInto = (levels: number, value: unknown): boolean =>
  levels >= 0 &&
  (typeof value !== "object" ||
    value === null ||
    Object.values(value).every((part) => fitsInto(levels - 1, part)));
