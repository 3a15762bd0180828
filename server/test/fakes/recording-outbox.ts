import {
  MAX_SERVER_FRAME_BYTES,
  parseServerFrame,
  type ServerFrame,
} from "bedrock-chat-widget/protocol";
import type { Outbox } from "../../src/chat/ports.ts";

/** Keeps what was posted; connections can be gone, failing or slow. */
export class RecordingOutbox implements Outbox {
  readonly posts: { readonly to: string; readonly data: string }[] = [];
  readonly closed: string[] = [];
  readonly gone = new Set<string>();
  /** Runs before a post is recorded: may wait, or throw as a failing gateway does. */
  before:
    ((connectionId: string, data: string) => Promise<void> | void) | undefined;

  async post(connectionId: string, data: string): Promise<"sent" | "gone"> {
    await this.before?.(connectionId, data);
    if (this.gone.has(connectionId)) return "gone";
    this.posts.push({ to: connectionId, data });
    return "sent";
  }

  async disconnect(connectionId: string): Promise<void> {
    await Promise.resolve();
    this.closed.push(connectionId);
    this.gone.add(connectionId);
  }

  /** Raw texts that a connection got. */
  texts(connectionId: string): string[] {
    return this.posts
      .filter(({ to }) => to === connectionId)
      .map(({ data }) => data);
  }

  /** Frames that a connection got; fails on anything that is none, or is larger than a frame may be. */
  frames(connectionId: string): ServerFrame[] {
    return this.texts(connectionId).map((text) => {
      const parsed = parseServerFrame(text);
      if (parsed.kind !== "frame")
        throw new Error(`Not a frame: ${text.slice(0, 200)}`);
      if (Buffer.byteLength(text) > MAX_SERVER_FRAME_BYTES)
        throw new Error(`Too large a frame: ${text.slice(0, 200)}`);
      return parsed.frame;
    });
  }

  /** The frames since the last call for this connection. */
  take(connectionId: string): ServerFrame[] {
    const frames = this.frames(connectionId);
    const kept = this.posts.filter(({ to }) => to !== connectionId);
    this.posts.splice(0, this.posts.length, ...kept);
    return frames;
  }
}
