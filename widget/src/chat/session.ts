/** One conversation of one visitor: takes commands, keeps the state, and sees to it that every question gets its answer. */
import {
  stringifyFrame,
  utf8Length,
  type ErrorCode,
  type ErrorFrame,
  type FeedbackFrame,
  type PageContext,
  type Rating,
  type ReadyFrame,
  type ServerFrame,
} from "../protocol.ts";
import { Connection, type Hello } from "./connection.ts";
import { Delivery } from "./delivery.ts";
import { HistoryLoader } from "./history-loader.ts";
import {
  hasEnded,
  isRunning,
  turnError,
  type ChatState,
  type ChatTurn,
} from "./model.ts";
import { SavedChat } from "./saved-chat.ts";
import type {
  Question,
  Restored,
  SessionEvent,
  SessionOptions,
} from "./session-options.ts";
import {
  findTurn,
  initialState,
  reduce,
  type AskedQuestion,
  type ChatEvent,
} from "./state.ts";
import { Tabs, type TabMessage } from "./tabs.ts";

export type {
  Question,
  Restored,
  SessionEvent,
  SessionOptions,
} from "./session-options.ts";

/** Questions that may wait to be sent. */
export const MAX_WAITING = 20;
/** A `forget` without `forgotten` is sent again, so many times. */
const FORGET_TIMEOUT_MS = 10_000;
const MAX_FORGETS = 3;

interface Forgetting {
  readonly conversationId: string;
  readonly done: () => void;
  readonly failed: (reason: Error) => void;
  tries: number;
}

export class ChatSession {
  readonly restored: Restored;
  onEvent?: (event: SessionEvent) => void;
  readonly #options: SessionOptions;
  readonly #saved: SavedChat;
  readonly #connection: Connection;
  readonly #delivery: Delivery;
  readonly #loader: HistoryLoader;
  readonly #tabs = new Tabs();
  readonly #listeners = new Set<(state: ChatState) => void>();
  readonly #feedback = new Map<string, FeedbackFrame>();
  #state: ChatState;
  /** The server has the conversation. */
  #started: boolean;
  /** This connection receives what other tabs ask. */
  #joined = false;
  /** The turn that runs according to `ready`. */
  #activeTurn: string | undefined;
  #forgetting: Forgetting | undefined;
  #cancelForget = () => {};
  #pumping = false;

  constructor(options: SessionOptions) {
    this.#options = options;
    const { environment, endpoint, storage, userId } = options;
    this.#saved = new SavedChat(storage, endpoint, userId);
    const saved = options.conversationId
      ? { id: options.conversationId, started: false }
      : this.#saved.conversation;
    const id = saved?.id ?? environment.newId();
    this.#started = saved?.started ?? false;
    this.#state = initialState(id, !saved);
    for (const question of this.#saved.outbox(id))
      this.#state = reduce(this.#state, { type: "asked", question });
    const { open, running } = this.#saved;
    this.restored = {
      open,
      connect: open || running || this.#state.turns.length > 0,
    };

    const dispatch = (event: ChatEvent) => this.#dispatch(event);
    const getState = () => this.#state;
    this.#connection = new Connection({
      endpoint,
      environment,
      createTransport: options.createTransport,
      hasToken: options.getToken !== undefined,
      hello: () => this.#hello(),
      isBusy: () => this.#isBusy(),
      onState: (state, failure) => {
        if (state !== "ready") this.#lost();
        dispatch({
          type: "connection",
          state,
          ...(failure ? { failure } : {}),
        });
        this.#emit({
          type: "connection",
          state,
          ...(failure ? { failure } : {}),
        });
      },
      onReady: (frame) => this.#ready(frame),
      onFrame: (frame) => this.#receive(frame),
      onGatewayError: () => {
        this.#delivery.hurry();
        this.#loader.hurry();
      },
    });
    const send = this.#connection.send.bind(this.#connection);
    this.#loader = new HistoryLoader({ environment, getState, dispatch, send });
    this.#delivery = new Delivery({
      environment,
      getState,
      dispatch,
      send,
      mayAsk: () => !this.#activeTurn,
      restart: () => this.#connection.restart(),
      renew: () => this.#connection.renew(),
      missTurn: () => this.#loader.want("recent"),
      loseConversation: () => this.#startAfresh(true),
    });
  }

  get state(): ChatState {
    return this.#state;
  }

  /** Calls `listener` at once after every change. The returned function ends that. */
  subscribe(listener: (state: ChatState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** From here on something may be stored. */
  connect(): void {
    this.#begin();
    this.#connection.connect();
  }

  disconnect(): void {
    this.#connection.disconnect();
  }

  /** Takes a question: it is sent as soon as it can be. Nothing is returned when it is refused; an `error` event says why. */
  send(
    text: string,
    options: { context?: PageContext; replaces?: string } = {},
  ): string | undefined {
    const { beforeSend, context: pageContext } = this.#options;
    const context = options.context ?? pageContext?.();
    const asked: Question = { text, ...(context ? { context } : {}) };
    const question = beforeSend ? beforeSend(asked) : asked;
    return question && this.#ask(question, options.replaces);
  }

  /** Stops a turn, or the running one; a question that was not sent yet is removed. */
  stop(turnId?: string): void {
    const { turns } = this.#state;
    const turn = turnId
      ? findTurn(this.#state, turnId)
      : (turns.find(isRunning) ?? turns.find(isWaiting));
    if (!turn) return;
    if (isWaiting(turn)) return this.removeWaiting(turn.turnId);
    if (isRunning(turn))
      this.#dispatch({ type: "stopping", turnId: turn.turnId });
  }

  /** Removes a question that was not sent yet. */
  removeWaiting(turnId: string): void {
    const turn = findTurn(this.#state, turnId);
    if (!turn || !isWaiting(turn)) return;
    const { conversationId } = this.#state;
    this.#saved.removeQuestion(conversationId, turnId);
    this.#tabs.tell({ type: "removed", conversationId, turnId });
    this.#dispatch({ type: "removed", turnId });
  }

  /** Asks a failed or stopped question again, or the last one of these. */
  retry(turnId?: string): void {
    const turn = this.#find(
      turnId,
      ({ status }) => status === "failed" || status === "stopped",
    );
    if (!turn) return;
    if (turn.accepted) {
      this.#ask(turn, turn.turnId);
      return;
    }
    // It was refused, which has not used up its id.
    this.#begin();
    this.#saved.putQuestion(this.#state.conversationId, turn);
    this.#dispatch({ type: "waiting", turnId: turn.turnId });
    this.#connection.connect();
  }

  /** Asks for another answer to a question, or to the last one that has ended. */
  regenerate(turnId?: string): void {
    const turn = this.#find(turnId, hasEnded);
    if (turn) this.#ask(turn, turn.turnId);
  }

  /** Asks another question in place of one that was asked before; later turns go with it. */
  edit(turnId: string, text: string): void {
    if (findTurn(this.#state, turnId)) this.send(text, { replaces: turnId });
  }

  loadOlder(): void {
    const { complete, loading } = this.#state.history;
    if (complete || loading) return;
    this.#loader.want("older");
    this.#pump();
  }

  feedback(turnId: string, rating: Rating, comment?: string): void {
    const turn = findTurn(this.#state, turnId);
    if (!turn || !hasEnded(turn)) return;
    const { conversationId } = this.#state;
    const frame: FeedbackFrame = {
      type: "feedback",
      conversationId,
      turnId,
      rating,
      ...(comment ? { comment } : {}),
    };
    if (!this.#connection.send(frame)) this.#feedback.set(turnId, frame);
    this.#tabs.tell({ type: "rated", conversationId, turnId, rating });
    this.#dispatch({ type: "rated", turnId, rating });
    this.#emit({ type: "feedback", turnId, rating });
  }

  newConversation(): void {
    this.#startAfresh(false);
  }

  /** Has the server delete the conversation, then starts another one. Rejects when the server does not confirm it. */
  forget(): Promise<void> {
    const { conversationId } = this.#state;
    if (!this.#started) {
      this.#startAfresh(false);
      return Promise.resolve();
    }
    this.connect();
    return new Promise((done, failed) => {
      this.#forgetting?.failed(new Error("forget() was called again."));
      this.#forgetting = { conversationId, done, failed, tries: 0 };
      this.#sendForget();
    });
  }

  /** Wipes everything stored for this user, so that the next one sees nothing of it. */
  reset(): void {
    this.#tabs.tell({ type: "reset" });
    this.#wipe();
  }

  /** Remembers whether the panel is open; only then is the connection kept alive while nothing happens. */
  setPanelOpen(open: boolean): void {
    this.#saved.open = open;
    this.#connection.setPanelOpen(open);
  }

  dispose(): void {
    this.#cancelForget();
    this.#connection.dispose();
    this.#tabs.close();
    this.#listeners.clear();
  }

  // --- Questions ---

  #ask(question: Question, replaces?: string): string | undefined {
    const { environment, model, maxTextLength } = this.#options;
    const text = question.text.trim();
    const most = Math.min(
      this.#state.limits.maxTextLength,
      maxTextLength?.() ?? Infinity,
    );
    const waiting = this.#state.turns.filter(isWaiting).length;
    if (text === "")
      return this.#refuse("bad_request", "The question is empty.");
    if (text.length > most)
      return this.#refuse(
        "too_large",
        `The question has ${text.length} characters; at most ${most} are allowed.`,
      );
    if (waiting >= MAX_WAITING)
      return this.#refuse(
        "busy",
        `${waiting} questions are waiting to be sent; no more can be taken.`,
      );
    const modelHint = model?.();
    const turnId = environment.newId();
    const asked: AskedQuestion = {
      turnId,
      text,
      createdAt: environment.now(),
      ...(replaces ? { replaces } : {}),
      ...(question.context ? { context: question.context } : {}),
      ...(modelHint ? { modelHint } : {}),
    };
    const { conversationId, limits } = this.#state;
    const bytes = utf8Length(
      stringifyFrame({ type: "send", conversationId, ...asked }),
    );
    if (bytes > limits.maxFrameBytes)
      return this.#refuse(
        "too_large",
        `The question with its context has ${bytes} bytes; at most ${limits.maxFrameBytes} are allowed.`,
      );
    const running = this.#state.turns.find(isRunning);
    if (replaces && running) this.#stopNow(running);
    this.#begin();
    this.#saved.putQuestion(conversationId, asked);
    this.#dispatch({ type: "asked", question: asked });
    this.#tabs.tell({ type: "asked", conversationId, question: asked });
    this.#emit({ type: "sent", turnId, text });
    this.#connection.connect();
    return turnId;
  }

  #refuse(code: ErrorCode, message: string): undefined {
    const retryable = code === "busy";
    this.#emit({
      type: "error",
      error: { code, message, retryable, requestId: "local" },
    });
  }

  /** Another question takes the place of this turn at once: nobody will follow it to its end. */
  #stopNow({ turnId }: ChatTurn): void {
    const { conversationId } = this.#state;
    this.#connection.send({ type: "stop", conversationId, turnId });
  }

  #find(
    turnId: string | undefined,
    suits: (turn: ChatTurn) => boolean,
  ): ChatTurn | undefined {
    const turn = turnId
      ? findTurn(this.#state, turnId)
      : this.#state.turns.filter(suits).at(-1);
    return turn && suits(turn) ? turn : undefined;
  }

  // --- Connection ---

  /** The chat is in use: from now on it may be stored, and other tabs hear of it. */
  #begin(): void {
    this.#saved.allowWriting();
    if (!this.#options.conversationId) {
      this.#followStored();
      const { conversationId: id } = this.#state;
      this.#saved.conversation = { id, started: this.#started };
    }
    if (this.#saved.isShared)
      this.#tabs.open(this.#options.environment, this.#saved.scope, (message) =>
        this.#receiveFromTab(message),
      );
  }

  async #hello(): Promise<Hello> {
    const { getToken, client } = this.#options;
    const release = await this.#firstVisitor();
    try {
      if (!this.#options.conversationId) this.#followStored();
      const authToken = await getToken?.();
      const { visitorToken } = this.#saved;
      return {
        release,
        frame: {
          type: "hello",
          ...(visitorToken ? { visitorToken } : {}),
          ...(authToken ? { authToken } : {}),
          conversationId: this.#state.conversationId,
          client,
        },
      };
    } catch (cause) {
      release();
      throw cause;
    }
  }

  /** Tabs that start together wait for the first one, and are the visitor that it becomes. */
  async #firstVisitor(): Promise<() => void> {
    const { environment } = this.#options;
    let release = () => {};
    if (this.#saved.visitorToken || !this.#saved.isShared) return release;
    await new Promise<void>((entered) => {
      const held = () =>
        new Promise<void>((leave) => {
          release = leave;
          entered();
        });
      environment.lock(this.#saved.scope, held).catch(() => entered());
    });
    return release;
  }

  #ready(frame: ReadyFrame): void {
    const { conversationId } = this.#state;
    this.#saved.visitorToken = frame.visitorToken;
    this.#joined = frame.conversationId === conversationId;
    this.#activeTurn = undefined;
    if (this.#joined) {
      this.#setStarted();
      this.#activeTurn = frame.activeTurn?.turnId;
      this.#loader.want("newest");
    } else if (this.#started) {
      this.#startAfresh(true);
    } else if (!this.#state.history.complete) {
      this.#dispatch({
        type: "conversation",
        conversationId,
        keepUnsent: true,
        fresh: true,
      });
    }
    this.#dispatch({ type: "frame", frame });
    if (this.#forgetting) this.#sendForget();
    for (const feedback of this.#feedback.values())
      this.#connection.send(feedback);
    this.#feedback.clear();
    this.#emit({ type: "ready", conversationId: this.#state.conversationId });
  }

  #lost(): void {
    this.#joined = false;
    this.#delivery.lost();
    this.#loader.clear();
  }

  #setStarted(): void {
    if (this.#started) return;
    this.#started = true;
    const { conversationId: id } = this.#state;
    if (!this.#options.conversationId)
      this.#saved.conversation = { id, started: true };
  }

  #isBusy(): boolean {
    return (
      this.#forgetting !== undefined ||
      this.#state.turns.some((turn) => isRunning(turn) || isWaiting(turn))
    );
  }

  // --- Frames ---

  #receive(frame: ServerFrame): void {
    if (frame.type === "forgotten")
      return this.#forgotten(frame.conversationId);
    if (frame.type === "error" && frame.seq === undefined)
      return this.#refused(frame);
    const turnId = "turnId" in frame ? frame.turnId : undefined;
    const before = turnId ? findTurn(this.#state, turnId) : undefined;
    const isKnown = before !== undefined;
    this.#dispatch({ type: "frame", frame }, turnId);
    if (turnId && !isKnown && !findTurn(this.#state, turnId))
      this.#missTurn(turnId);
  }

  readonly #foreign = new Set<string>();

  /** Frames of a turn that is not here: another tab's, or one of a conversation that was left. */
  #missTurn(turnId: string): void {
    if (!this.#started || this.#foreign.has(turnId)) return;
    this.#foreign.add(turnId);
    this.#loader.want("recent");
    this.#pump();
  }

  #refused(error: ErrorFrame): void {
    const { turnId } = error;
    const tell =
      turnId === undefined
        ? !this.#loader.refused(error)
        : this.#delivery.refused({ ...error, turnId });
    if (tell)
      this.#emit({
        type: "error",
        error: turnError(error),
        ...(turnId === undefined ? {} : { turnId }),
      });
    this.#pump();
  }

  #sendForget(): void {
    const forgetting = this.#forgetting;
    if (!forgetting) return;
    const { conversationId } = forgetting;
    this.#cancelForget();
    if (!this.#connection.send({ type: "forget", conversationId })) return;
    this.#cancelForget = this.#options.environment.after(
      FORGET_TIMEOUT_MS,
      () => {
        if (++forgetting.tries < MAX_FORGETS) return this.#sendForget();
        this.#forgetting = undefined;
        forgetting.failed(
          new Error(
            `The chat server did not confirm that conversation ${conversationId} was deleted.`,
          ),
        );
      },
    );
  }

  #forgotten(conversationId: string): void {
    const forgetting = this.#forgetting;
    if (forgetting?.conversationId === conversationId) {
      this.#cancelForget();
      this.#forgetting = undefined;
    }
    if (conversationId === this.#state.conversationId && !this.#followStored())
      this.#startAfresh(false);
    forgetting?.done();
  }

  // --- Conversations and tabs ---

  #startAfresh(keepUnsent: boolean): void {
    const before = this.#state.conversationId;
    const id = this.#options.environment.newId();
    const unsent = keepUnsent ? this.#saved.outbox(before) : [];
    this.#saved.conversation = { id, started: false };
    this.#switch(id, { keepUnsent, fresh: true });
    for (const question of unsent) this.#saved.putQuestion(id, question);
    this.#tabs.tell({ type: "conversation" });
  }

  /** Follows another tab to its conversation. Says whether there was another one. */
  #followStored(): boolean {
    const stored = this.#saved.conversation;
    if (!stored || stored.id === this.#state.conversationId) return false;
    const unstarted = !this.#started;
    this.#started = stored.started;
    this.#switch(stored.id, { keepUnsent: unstarted, fresh: false });
    this.#started = stored.started;
    if (this.#connection.isReady) {
      this.#loader.want("newest");
      this.#pump();
    }
    return true;
  }

  #switch(
    conversationId: string,
    how: { readonly keepUnsent: boolean; readonly fresh: boolean },
  ): void {
    this.#started = this.#joined = false;
    this.#activeTurn = undefined;
    this.#delivery.lost();
    this.#loader.clear();
    this.#feedback.clear();
    this.#dispatch({ type: "conversation", conversationId, ...how });
    this.#emit({ type: "conversation-change", conversationId });
  }

  #wipe(): void {
    const wasConnected = this.#state.connection !== "closed";
    this.#connection.disconnect();
    this.#saved.wipe();
    this.#switch(this.#options.environment.newId(), {
      keepUnsent: false,
      fresh: true,
    });
    if (wasConnected) this.connect();
  }

  #receiveFromTab(message: TabMessage): void {
    if (message.type === "reset") return this.#wipe();
    if (message.type === "conversation") {
      this.#followStored();
      return;
    }
    if (message.conversationId !== this.#state.conversationId) return;
    if (message.type === "asked") {
      const { question } = message;
      this.#dispatch({ type: "asked", question, elsewhere: true });
    } else if (message.type === "accepted") {
      this.#setStarted();
      this.#dispatch(message, this.#joined ? message.turnId : undefined);
      this.#joined = true;
    } else {
      this.#dispatch(message);
    }
  }

  // --- State ---

  /** `heard`: the turn whose frames evidently reach this connection. */
  #dispatch(event: ChatEvent, heard?: string): void {
    const before = this.#state;
    this.#state = reduce(before, event);
    if (heard) this.#delivery.heard(heard);
    if (this.#state !== before) {
      this.#save(before);
      this.#tell(before, event);
      for (const listener of [...this.#listeners]) listener(this.#state);
    }
    this.#pump();
  }

  #pump(): void {
    if (this.#pumping || !this.#connection.isReady) return;
    this.#pumping = true;
    let before;
    do {
      before = this.#state;
      this.#loader.pump();
      if (!this.#loader.isBusy) this.#activeTurn = undefined;
      this.#delivery.pump();
    } while (before !== this.#state && this.#connection.isReady);
    this.#pumping = false;
    if (!this.#isBusy()) this.#connection.idle();
  }

  /** A question that the server has needs no copy here; whether one runs decides if the next page connects. */
  #save(before: ChatState): void {
    const { conversationId, turns } = this.#state;
    if (turns === before.turns) return;
    for (const { turnId, accepted } of turns) {
      if (!accepted || findTurn(before, turnId)?.accepted !== false) continue;
      this.#saved.removeQuestion(conversationId, turnId);
      this.#setStarted();
    }
    this.#saved.running = turns.some(isRunning);
  }

  /** Says as events what has happened to the turns. */
  #tell(before: ChatState, event: ChatEvent): void {
    if (event.type !== "frame") return;
    const { conversationId } = this.#state;
    for (const turn of this.#state.turns) {
      const { turnId, answer, accepted } = turn;
      const old = findTurn(before, turnId);
      if (turn === old || (!old && event.frame.type === "history")) continue;
      if (accepted && old && !old.accepted && !old.elsewhere)
        this.#tabs.tell({ type: "accepted", conversationId, turnId });
      const text = answer.slice(old?.answer.length);
      if (turn.lastSeq >= 0 && (old?.lastSeq ?? -1) < 0)
        this.#emit({ type: "response-start", turnId });
      if (text !== "" && event.frame.type === "text-delta")
        this.#emit({ type: "response-delta", turnId, text });
      if (hasEnded(turn) && !(old && hasEnded(old))) {
        if (turn.status === "stopped") this.#emit({ type: "stopped", turnId });
        if (turn.error)
          this.#emit({ type: "error", turnId, error: turn.error });
        this.#emit({ type: "response-end", turn });
      }
    }
  }

  #emit(event: SessionEvent): void {
    this.onEvent?.(event);
  }
}

const isWaiting = (turn: ChatTurn): boolean => turn.status === "waiting";
