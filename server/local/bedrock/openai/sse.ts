/** Server-sent events, however their bytes are cut. */

/** The `data` of each event, its lines joined. The last event counts even when the blank line behind it is missing. */
export async function* readServerSentEvents(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<string> {
  let data: string[] = [];
  for await (const line of readLines(chunks)) {
    if (line === "" && data.length > 0) {
      yield data.join("\n");
      data = [];
    }
    const [, value] = /^data: ?(.*)$/s.exec(line) ?? [];
    if (value !== undefined) data.push(value);
  }
  if (data.length > 0) yield data.join("\n");
}

/** Lines that end with CR, LF or both. */
async function* readLines(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of chunks) {
    rest += decoder.decode(chunk, { stream: true });
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? "";
    yield* lines;
  }
  rest += decoder.decode();
  if (rest) yield* rest.split(/\r\n|\n|\r/);
}
