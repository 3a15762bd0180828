/** The widget's only way to the console. */

const warned = new Set<string>();

/** Warns the page's developer; the same sentence only once a page. */
export function warnOnce(message: string): void {
  if (warned.has(message)) return;
  warned.add(message);
  console.warn(`<bedrock-chat> ${message}`);
}

/** What the `debug` attribute switches on. */
export function logDebug(...details: readonly unknown[]): void {
  console.debug("<bedrock-chat>", ...details);
}

/** A failure of the page's own making: a listener, hook or file that broke. */
export function logError(message: string, cause: unknown): void {
  console.error(`<bedrock-chat> ${message}`, cause);
}
