/** Which conversation it is: in storage, on the server, and in the other tabs of this visitor. */
import type { ReadyFrame } from "../protocol.ts";
import { isRunning, type ChatState, type ChatTurn } from "./model.ts";
import type { SessionPort, TabChannel } from "./ports.ts";
import { readQuestion, type SavedChat } from "./saved-chat.ts";
import { findTurn } from "./state.ts";
import type { TabMessage, TurnMessage } from "./tabs.ts";

export interface ConversationPort extends SessionPort {
  readonly saved: SavedChat;
  /** The id that the page has given: the page's to remember. */
  readonly conversationId?: string | undefined;
  /** Drops what is under way for the conversation that is being left. */
  leave(): void;
  /** Ends the connection. */
  disconnect(): void;
}

export class Conversation {
  readonly #port: ConversationPort;
  readonly #saved: SavedChat;
  #channel: TabChannel | undefined;
  /** The server has it. */
  #started: boolean;
  /** Whether it was known to, when the connection's `hello` named it. */
  #startedAtHello = false;
  /** This connection receives what other tabs ask. */
  #joined = false;

  constructor(port: ConversationPort) {
    this.#port = port;
    this.#saved = port.saved;
    this.#started =
      !port.conversationId && (port.saved.conversation?.started ?? false);
  }

  get isStarted(): boolean {
    return this.#started;
  }

  /** The chat is in use: from now on it is stored, and other tabs hear of it. */
  begin(): void {
    this.#saved.allowWriting();
    this.#settle();
    if (this.#saved.isShared)
      this.#channel ??= this.#port.environment.openChannel(
        this.#saved.scope,
        (message) => this.#receive(message as TabMessage),
      );
  }

  /** The one that a `hello` names. */
  name(): string {
    this.#settle();
    this.#startedAtHello = this.#started;
    return this.#id;
  }

  /**
   * What `ready` says of the conversation. Gives whether there is something to load. `keepUnsent`: questions that wait go
   * along when the conversation is not this visitor's.
   */
  greet({ conversationId }: ReadyFrame, keepUnsent: boolean): boolean {
    this.#joined = conversationId === this.#id;
    if (this.#joined) this.#setStarted();
    else if (this.#startedAtHello) this.startAfresh(keepUnsent);
    // Else another tab may have begun it after this one had asked for it.
    else if (!this.#started && !this.#port.getState().history.complete)
      this.#switch(true, this.#id);
    return this.#started;
  }

  /** The connection is gone. */
  lost(): void {
    this.#joined = false;
  }

  /** Begins another one. */
  startAfresh(keepUnsent: boolean): void {
    this.#switch(keepUnsent);
    this.#store();
    this.#channel?.postMessage({ type: "conversation" });
  }

  /** The server has deleted a conversation. */
  forgotten(conversationId: string): void {
    if (conversationId === this.#id && !this.#followStored())
      this.startAfresh(false);
  }

  /** Disconnects and wipes what is stored, here and in the other tabs. */
  reset(): void {
    this.#channel?.postMessage({ type: "reset" });
    this.#wipe();
  }

  close(): void {
    this.#channel?.close();
    this.#channel = undefined;
  }

  /** Keeps what is stored, and the other tabs, in step with the turns. */
  follow(before: ChatState, { conversationId, turns }: ChatState): void {
    if (turns === before.turns) return;
    for (const old of before.turns) {
      if (old.accepted || conversationId !== before.conversationId) continue;
      const { turnId } = old;
      const turn = turns.find((each) => each.turnId === turnId);
      if (!turn || turn.accepted)
        this.#saved.removeQuestion(conversationId, turnId);
      else if (turn.error !== old.error && !turn.elsewhere) this.#keep(turn);
      if (!turn?.accepted) continue;
      this.#setStarted();
      if (old.elsewhere) continue;
      this.#joined = true;
      this.tell({ type: "accepted", turnId });
    }
    this.#saved.running = turns.some(isRunning);
  }

  /** Tells the other tabs what has happened in this one, as JSON: a page's context may hold what a browser does not copy. */
  tell(message: TurnMessage): void {
    const json = JSON.stringify({ ...message, conversationId: this.#id });
    this.#channel?.postMessage(JSON.parse(json));
  }

  /** A question that was refused is kept as such: the next page shows it again. */
  #keep(turn: ChatTurn): void {
    const { turnId, error } = turn;
    this.#saved.putQuestion(this.#id, turn);
    if (error) this.tell({ type: "failed", turnId, error });
  }

  get #id(): string {
    return this.#port.getState().conversationId;
  }

  /** Decides which conversation it is: the stored one, or else this one, which then is stored. */
  #settle(): void {
    if (!this.#followStored()) this.#store();
  }

  #setStarted(): void {
    if (this.#started) return;
    this.#started = true;
    this.#store();
  }

  #store(): void {
    if (this.#id !== this.#port.conversationId)
      this.#saved.conversation = { id: this.#id, started: this.#started };
  }

  /** Follows another tab to its conversation. Says whether there was another one. */
  #followStored(): boolean {
    const stored = this.#saved.conversation;
    if (!stored || [stored.id, this.#port.conversationId].includes(this.#id))
      return false;
    this.#switch(!this.#started, stored.id, !stored.started);
    this.#started = stored.started;
    if (stored.started) this.#port.load("newest");
    return true;
  }

  /** Goes to another conversation, by default to a new one. */
  #switch(
    keepUnsent: boolean,
    conversationId = this.#port.environment.newId(),
    fresh = true,
  ): void {
    const changes = conversationId !== this.#id;
    this.#started = this.#joined = false;
    this.#port.leave();
    this.#port.dispatch({
      type: "conversation",
      conversationId,
      keepUnsent,
      fresh,
    });
    for (const turn of this.#port.getState().turns)
      if (!turn.elsewhere) this.#saved.putQuestion(conversationId, turn);
    if (changes) this.#port.emit("conversation-change", conversationId);
  }

  #wipe(): void {
    this.#port.disconnect();
    this.#saved.wipe();
    this.#switch(false);
  }

  /** Another version of this script may be at the other end. */
  #receive(message: TabMessage): void {
    const { dispatch, getState } = this.#port;
    if (message.type === "reset") return this.#wipe();
    if (message.type === "conversation") return void this.#followStored();
    if (message.conversationId !== this.#id) return;
    switch (message.type) {
      case "asked":
        for (const question of readQuestion(message.question))
          dispatch({ type: "asked", question, elsewhere: true });
        return;
      case "accepted":
        this.#setStarted();
        dispatch(message, this.#joined ? message.turnId : undefined);
        this.#joined = true;
        return;
      case "removed": {
        const turn = findTurn(getState(), message.turnId);
        const type = turn && isRunning(turn) ? "stopping" : "removed";
        return dispatch({ type, turnId: message.turnId });
      }
      case "failed": {
        // What this tab knows already it has told itself: two that have the same question would tell each other for ever.
        const known = findTurn(getState(), message.turnId)?.error;
        if (known?.requestId === message.error.requestId) return;
        return dispatch(message);
      }
      case "rated":
        return dispatch(message);
    }
  }
}
