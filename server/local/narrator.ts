import { parseServerFrame } from "bedrock-chat-widget/protocol";
import type { ErrorFrame, TurnEndFrame } from "bedrock-chat-widget/protocol";
import type { GatewayObserver } from "./gateway/observer.ts";

export interface NarratorOptions {
  readonly write: (line: string) => void;
  /** Shows frames and every line of the functions. */
  readonly verbose?: boolean;
  readonly now?: () => number;
}

/** How many turns are remembered, so that a turn that several connections follow is told once. */
const REMEMBERED_TURNS = 1_000;
const LONGEST_FRAME = 400;

/** Tells the user of the local stack what happens: one line per connection, turn and error. Texts stay out of it. */
export class Narrator {
  readonly #write: (line: string) => void;
  readonly #verbose: boolean;
  readonly #now: () => number;
  readonly #startedAt = new Map<string, number>();
  readonly #told = new Set<string>();

  constructor({ write, verbose = false, now = Date.now }: NarratorOptions) {
    this.#write = write;
    this.#verbose = verbose;
    this.#now = now;
  }

  get gatewayObserver(): GatewayObserver {
    return {
      opened: ({ connectionId, sourceIp }) =>
        this.#tell("connected", `${connectionId} from ${sourceIp}`),
      refused: ({ connectionId }, status) =>
        this.#tell("refused", `${connectionId} with status ${status}`),
      closed: ({ connectionId }, code, reason) =>
        this.#tell(
          "closed",
          `${connectionId} with ${code}${reason && ` ${reason}`}`,
        ),
      received: (connectionId, text) =>
        this.#showFrame("→", connectionId, text),
      sent: (connectionId, text) => {
        this.#showFrame("←", connectionId, text);
        this.#hear(text);
      },
    };
  }

  /** A line that a function logged: warnings and errors are shown, the rest only when verbose. */
  functionLog(functionName: string, line: string): void {
    if (this.#verbose) {
      this.#tell(functionName, line);
      return;
    }
    const entry = parseLog(line);
    if (entry === undefined) this.#tell(functionName, line);
    else if (entry.isProblem) this.#tell(functionName, entry.summary);
  }

  functionFailure(functionName: string, reason: string): void {
    this.#tell("failed", `${functionName}: ${reason}`);
  }

  #hear(text: string): void {
    const parsed = parseServerFrame(text);
    if (parsed.kind === "gateway-error") {
      this.#tell("error", `the gateway said: ${parsed.error.message}`);
      return;
    }
    if (parsed.kind !== "frame") {
      // Only a plain client is answered by a frame without a type.
      this.#tell("answered", `a plain client, ${text.length} characters`);
      return;
    }
    const { frame } = parsed;
    if (frame.type === "ack") this.#begin(frame.turnId);
    else if (frame.type === "turn-end") this.#turnEnded(frame);
    else if (frame.type === "error") this.#error(frame);
  }

  #begin(turnId: string): void {
    if (this.#told.has(turnId) || this.#startedAt.has(turnId)) return;
    this.#startedAt.set(turnId, this.#now());
    if (this.#startedAt.size > REMEMBERED_TURNS) {
      this.#startedAt.delete(this.#startedAt.keys().next().value!);
    }
  }

  #turnEnded({ turnId, stopReason, length, usage }: TurnEndFrame): void {
    if (!this.#isNew(turnId)) return;
    const tokens = `${usage.inputTokens} + ${usage.outputTokens} tokens`;
    this.#tell(
      "answered",
      `${turnId}: ${length} characters, ${tokens}, ${stopReason}${this.#duration(turnId)}`,
    );
  }

  #error({ turnId, seq, code, message }: ErrorFrame): void {
    const endsTurn = turnId !== undefined && seq !== undefined;
    if (endsTurn && !this.#isNew(turnId)) return;
    const where = turnId === undefined ? "" : `${turnId}: `;
    const duration = endsTurn ? this.#duration(turnId) : "";
    this.#tell("error", `${where}${code}${duration}: ${message}`);
  }

  /** Whether the end of this turn has not been told yet. */
  #isNew(turnId: string): boolean {
    if (this.#told.has(turnId)) return false;
    this.#told.add(turnId);
    if (this.#told.size > REMEMBERED_TURNS) {
      this.#told.delete(this.#told.values().next().value!);
    }
    return true;
  }

  #duration(turnId: string): string {
    const startedAt = this.#startedAt.get(turnId);
    this.#startedAt.delete(turnId);
    if (startedAt === undefined) return "";
    return `, ${((this.#now() - startedAt) / 1000).toFixed(1)} s`;
  }

  #showFrame(direction: string, connectionId: string, text: string): void {
    if (!this.#verbose) return;
    const shown =
      text.length > LONGEST_FRAME
        ? `${text.slice(0, LONGEST_FRAME)}… (${text.length} characters)`
        : text;
    this.#tell(direction, `${connectionId} ${shown}`);
  }

  #tell(what: string, details: string): void {
    const time = new Date(this.#now()).toTimeString().slice(0, 8);
    this.#write(`${time}  ${what.padEnd(10)} ${details}`);
  }
}

/** Reads a line of the handlers' log, or of their metrics; undefined for any other line. */
function parseLog(
  line: string,
): { readonly isProblem: boolean; readonly summary: string } | undefined {
  try {
    const { _aws, level, message, error, origin } = Object(
      JSON.parse(line),
    ) as {
      _aws?: unknown;
      level?: unknown;
      message?: unknown;
      error?: { message?: unknown };
      origin?: unknown;
    };
    if (_aws !== undefined) return { isProblem: false, summary: "metrics" };
    if (typeof level !== "string" || typeof message !== "string") {
      return undefined;
    }
    const cause = error?.message ?? origin;
    return {
      isProblem: level === "WARN" || level === "ERROR",
      summary: typeof cause === "string" ? `${message} ${cause}` : message,
    };
  } catch {
    return undefined;
  }
}
