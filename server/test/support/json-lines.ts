import type { TestContext } from "node:test";

export type JsonLine = Readonly<Record<string, unknown>>;

/**
 * Collects the JSON objects that this process writes as lines to its streams, as a function does; they are not shown. What
 * else is written, by the test runner above all, is left alone.
 */
export function jsonLines(t: TestContext): JsonLine[] {
  const lines: JsonLine[] = [];
  for (const stream of [process.stdout, process.stderr]) {
    const write = stream.write.bind(stream) as (...all: unknown[]) => boolean;
    t.mock.method(stream, "write", (chunk: unknown, ...rest: unknown[]) => {
      if (typeof chunk !== "string" || !chunk.startsWith("{"))
        return write(chunk, ...rest);
      for (const line of chunk.trim().split("\n"))
        lines.push(JSON.parse(line) as JsonLine);
      return true;
    });
  }
  return lines;
}
