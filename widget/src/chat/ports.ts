/** What the chat needs from the outside. Browsers implement these in `environment.ts` and `storage.ts`, tests with fakes. */
import type { ClientFrame } from "../protocol.ts";
import type { ChatState, HistoryRequest } from "./model.ts";
import type { SessionEvent } from "./session-options.ts";
import type { ChatEvent } from "./state.ts";

export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Calls `task` once after `ms`; the returned function cancels it. */
  after(ms: number, task: () => void): () => void;
}

export type EnvironmentChange = "online" | "offline" | "visible";

/** A message to the other tabs of this visitor. JSON values only. */
export interface TabChannel {
  postMessage(message: unknown): void;
  close(): void;
}

export interface Environment extends Clock {
  /** The page's origin, as a server would see it; for messages to the page's author. */
  readonly origin?: string;
  /** A number from 0 to below 1. */
  random(): number;
  /** A new UUIDv4. */
  newId(): string;
  isOnline(): boolean;
  subscribe(listener: (change: EnvironmentChange) => void): () => void;
  /**
   * Runs `task` while no other tab runs one under the same name, or at once where the browser has no locks.
   * Rejects only as `task` does.
   */
  lock<T>(name: string, task: () => Promise<T>): Promise<T>;
  /** Opens a channel to other tabs with the same name. */
  openChannel(name: string, receive: (message: unknown) => void): TabChannel;
}

/** Text by key. Never throws: what cannot be stored is kept for the life of the page. */
export interface ChatStorage {
  /** Whether other tabs see what is stored here. */
  readonly shared: boolean;
  get(key: string): string | undefined;
  set(key: string, value: string): void;
  remove(key: string): void;
}

/** What every part of a session has of it. */
export interface SessionPort {
  readonly environment: Environment;
  getState(): ChatState;
  /** `heard`: the turn whose frames evidently reach this connection. */
  dispatch(event: ChatEvent, heard?: string): void;
  /** Whether the frame went out. */
  send(frame: ClientFrame): boolean;
  emit(...event: SessionEvent): void;
  /** Asks for a page of history, when ready. */
  load(kind: HistoryRequest["kind"]): void;
}
