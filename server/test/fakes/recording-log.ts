import type { Log } from "../../src/chat/ports.ts";

type Fields = Readonly<Record<string, unknown>>;

interface Line {
  readonly level: "info" | "warn" | "error";
  readonly message: string;
  readonly fields: Fields;
}

/** Keeps log lines instead of writing them. */
export class RecordingLog implements Log {
  /** Also those of the logs that were made of this one. */
  readonly lines: Line[];
  readonly #common: Fields;

  constructor(lines: Line[] = [], common: Fields = {}) {
    this.lines = lines;
    this.#common = common;
  }

  info(message: string, fields?: Fields): void {
    this.#write("info", message, fields);
  }

  warn(message: string, fields?: Fields): void {
    this.#write("warn", message, fields);
  }

  error(message: string, fields?: Fields): void {
    this.#write("error", message, fields);
  }

  with(fields: Fields): RecordingLog {
    return new RecordingLog(this.lines, { ...this.#common, ...fields });
  }

  #write(level: Line["level"], message: string, fields?: Fields): void {
    this.lines.push({
      level,
      message,
      fields: { ...this.#common, ...fields },
    });
  }
}
