/** What a sticky pattern matches at a place; a global one looks on from there. Its `lastIndex` is the end. */
export function matchAt(
  pattern: RegExp,
  text: string,
  at: number,
): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}
