/** The little that the demo model has to know of Markdown. */

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const HTML_LINE = /^\s*(<!--|<\/?[a-z][a-z0-9-]*(\s|\/?>|$))/i;

/** Says of each line whether it belongs to a fenced code block, its fences included. */
export function withFences(
  lines: readonly string[],
): { line: string; code: boolean }[] {
  let open: string | undefined;
  return lines.map((line) => {
    const fence = FENCE.exec(line)?.[1];
    const code = open !== undefined || fence !== undefined;
    if (open === undefined) open = fence;
    else if (fence?.startsWith(open) && line.trim() === fence) open = undefined;
    return { line, code };
  });
}

/** Text that a visitor wrote, so that it shows as text within Markdown. */
export const escapeMarkdown = (text: string): string =>
  text.replace(/[\\`*_[\]<>#|~!&]/g, "\\$&").replace(/\s+/g, " ");

/** A code block whose fence is longer than any in `text`. */
export function codeBlock(text: string, language = ""): string {
  const longest = (text.match(/`+/g) ?? []).reduce(
    (length, run) => Math.max(length, run.length),
    2,
  );
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

/**
 * Markdown of a file as it can stand in an answer: without HTML, pictures and links to other files, which would lead
 * nowhere from the page of a chat.
 */
export function forAnswer(markdown: string): string {
  return withFences(markdown.split("\n"))
    .filter(({ line, code }) => code || !HTML_LINE.test(line))
    .map(({ line, code }) =>
      code
        ? line
        : line
            .replace(/!\[[^\]]*\]\([^)]*\)/g, "")
            .replace(/\[([^\]]*)\]\((?!https?:)[^)]*\)/g, "$1"),
    )
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

/** The first `length` characters, or one fewer where that would cut a character in two. */
export function shorten(text: string, length: number): string {
  const cut = text.slice(0, length);
  return cut.length < text.length && /[\uD800-\uDBFF]$/.test(cut)
    ? cut.slice(0, -1)
    : cut;
}

/** Paragraphs, lists, tables, code blocks: what blank lines part. */
function splitBlocks(markdown: string): string[] {
  const blocks: string[][] = [[]];
  for (const { line, code } of withFences(markdown.split("\n")))
    if (line.trim() === "" && !code) blocks.push([]);
    else blocks.at(-1)?.push(line);
  return blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join("\n"));
}

/** What fits of a block that is too long by itself: of a table, its head and the rows that `matches` likes best. */
function shortenBlock(
  block: string,
  length: number,
  matches: (text: string) => number,
): string {
  const lines = block.split("\n");
  const fence = FENCE.exec(block)?.[1];
  const table = !fence && block.startsWith("|");
  const head = lines.slice(0, table ? 2 : 1);
  const rest = lines.slice(head.length);
  const wanted = table
    ? rest.toSorted((a, b) => matches(b) - matches(a))
    : rest;
  let size = head.join("\n").length;
  const kept = new Set<string>();
  for (const line of wanted) {
    size += line.length + 1;
    if (size > length) break;
    kept.add(line);
  }
  const end = fence && !kept.has(rest.at(-1) ?? "") ? [fence] : [];
  return [...head, ...rest.filter((line) => kept.has(line)), ...end].join("\n");
}

/**
 * About `length` characters of `markdown`, by whole blocks: from its beginning if the block that `matches` likes best is
 * among them, else from that block on.
 */
export function excerpt(
  markdown: string,
  length: number,
  matches: (text: string) => number,
): { text: string; cut: boolean } {
  const blocks = splitBlocks(markdown);
  const best = blocks.reduce(
    (found, block, at) =>
      matches(block) > matches(blocks[found] ?? "") ? at : found,
    0,
  );
  const upToBest = blocks.slice(0, best + 1).join("\n\n").length;
  const start = upToBest <= length ? 0 : best;
  const taken: string[] = [];
  let size = 0;
  for (const block of blocks.slice(start)) {
    if (taken.length > 0 && size + block.length > length) break;
    taken.push(
      block.length > length ? shortenBlock(block, length, matches) : block,
    );
    size += block.length;
  }
  return { text: taken.join("\n\n"), cut: taken.length < blocks.length };
}
