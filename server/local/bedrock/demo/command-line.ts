/** A question of the form `/name argument`. */
export interface CommandLine {
  readonly name: string;
  readonly argument: string;
}

const COMMAND = /^\/([a-z]+)(?:\s+([\s\S]*))?$/i;

/** Undefined for anything that is no command. */
export function parseCommand(question: string): CommandLine | undefined {
  const [, name, argument = ""] = COMMAND.exec(question.trim()) ?? [];
  return name === undefined
    ? undefined
    : { name: name.toLowerCase(), argument: argument.trim() };
}

export const isCommand = (question: string): boolean =>
  parseCommand(question) !== undefined;
