import type { Log } from "../../src/chat/ports.ts";

/** Keeps log lines instead of writing them. */
export class RecordingLog implements Log {
  readonly lines: {
    readonly level: "info" | "warn" | "error";
    readonly message: string;
    readonly fields?: Readonly<Record<string, unknown>>;
  }[] = [];

  info(message: string, fields?: Readonly<Record<string, unknown>>): void {
    this.lines.push({ level: "info", message, ...(fields && { fields }) });
  }

  warn(message: string, fields?: Readonly<Record<string, unknown>>): void {
    this.lines.push({ level: "warn", message, ...(fields && { fields }) });
  }

  error(message: string, fields?: Readonly<Record<string, unknown>>): void {
    this.lines.push({ level: "error", message, ...(fields && { fields }) });
  }
}
