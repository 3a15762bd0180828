/**
 * Loads a part of the chat. A browser that could not fetch a module says so for the life of the page whenever it is asked
 * for it again: only what has another address is tried anew.
 */
export async function loadAgain<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    const [, address] = /imported module: (.+)/.exec(String(cause)) ?? [];
    if (!address) throw cause;
    // Nothing that a page's bundler could bundle.
    const again = `${address}#${performance.now()}`;
    return (await import(
      /* webpackIgnore: true */ /* @vite-ignore */ again
    )) as T;
  }
}
