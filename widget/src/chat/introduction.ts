/** Puts together the `hello` of a connection. */
import type { Hello } from "./connection.ts";
import type { Environment } from "./ports.ts";
import type { SavedChat } from "./saved-chat.ts";
import type { SessionOptions } from "./session-options.ts";

/** `conversationId` is asked for once it is this tab's turn: another tab may have decided it meanwhile. */
export async function introduce(
  saved: SavedChat,
  { environment, client, getToken }: SessionOptions,
  conversationId: () => string,
): Promise<Hello> {
  const release = await firstVisitor(saved, environment);
  try {
    const authToken = (await getToken?.()) || undefined;
    const visitorToken = saved.visitorToken || undefined;
    return {
      release,
      frame: {
        type: "hello",
        visitorToken,
        authToken,
        conversationId: conversationId(),
        client,
      },
    };
  } catch (cause) {
    release();
    throw cause;
  }
}

/** Tabs that start together wait for the first one, and are the visitor that it becomes. */
async function firstVisitor(
  saved: SavedChat,
  environment: Environment,
): Promise<() => void> {
  if (saved.visitorToken || !saved.isShared) return () => {};
  return new Promise((enter) => {
    const held = () => new Promise<void>(enter);
    environment.lock(saved.scope, held).catch(() => enter(() => {}));
  });
}
