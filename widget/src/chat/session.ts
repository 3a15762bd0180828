/** One conversation of one visitor: takes commands, keeps the state, and sees to it that every question gets its answer. */
import type {
  ClientFrame,
  ErrorFrame,
  FeedbackFrame,
  PageContext,
  Rating,
  ReadyFrame,
  ServerFrame,
} from "../protocol.ts";
import { Connection, type Hello } from "./connection.ts";
import { Conversation } from "./conversation.ts";
import { Delivery } from "./delivery.ts";
import type { Forgetting } from "./forgetting.ts";
import { introduce } from "./introduction.ts";
import { LateHistory } from "./late-history.ts";
import {
  hasEnded,
  isRunning,
  type ChatFailure,
  type ChatState,
  type ChatTurn,
  type ConnectionState,
  type HistoryRequest,
} from "./model.ts";
import type { ToolRunner, ToolRunnerPort } from "./page-tools.ts";
import { isWaiting, prepareQuestion } from "./question.ts";
import { SavedChat } from "./saved-chat.ts";
import type {
  Question,
  Restored,
  SessionEvent,
  SessionOptions,
} from "./session-options.ts";
import { findTurn, initialState, reduce, type ChatEvent } from "./state.ts";
import type { TurnMessage } from "./tabs.ts";
import { turnEvents } from "./turn-events.ts";

export type {
  PageTools,
  Question,
  Restored,
  SessionEvent,
  SessionOptions,
} from "./session-options.ts";

export class ChatSession {
  readonly restored: Restored;
  onEvent?: (event: SessionEvent) => void;
  /** Called at once after every change of the state. */
  onChange?: () => void;
  readonly #options: SessionOptions;
  readonly #saved: SavedChat;
  readonly #connection: Connection;
  readonly #delivery: Delivery;
  readonly #history: LateHistory;
  #forgetting?: Forgetting;
  /** Goes up when what was to be forgotten need not be any more. */
  #resets = 0;
  readonly #conversation: Conversation;
  readonly #port: ToolRunnerPort;
  #tools?: ToolRunner;
  /** Ratings that could not be sent yet, by turn. */
  readonly #feedback = new Map<string, FeedbackFrame>();
  /** The latest rating that was sent; nothing says that it arrived. */
  #sentFeedback: FeedbackFrame | undefined;
  /** Turns that are not here and that no page of history has brought. */
  readonly #foreign = new Set<string>();
  #state: ChatState;
  /** The connection is ready, and what its `ready` says is known here. */
  #greeted = false;
  /** The turn that runs according to the last `ready`, until history has told more. */
  #activeTurn: string | undefined;
  /** The connection's `hello` named no visitor. */
  #isNew = false;
  /** A `hello` of this session brought a token. */
  #isUser = false;
  #panelOpen = false;
  #pumping = false;

  constructor(options: SessionOptions) {
    this.#options = options;
    const { environment, endpoint, storage, userId } = options;
    this.#saved = new SavedChat(storage, endpoint, userId);
    const id = options.conversationId ?? this.#saved.conversation?.id;
    this.#state = initialState(id ?? environment.newId(), !id);
    for (const question of this.#saved.outbox(this.#state.conversationId))
      this.#state = reduce(this.#state, { type: "asked", question });
    const { open, running } = this.#saved;
    const connect = open || running || this.#state.turns.some(isWaiting);
    this.restored = { open, connect };

    // One for all: each part of the session sees what it needs of it.
    const port = {
      ...options,
      saved: this.#saved,
      getState: () => this.#state,
      dispatch: (event: ChatEvent, heard?: string) =>
        this.#dispatch(event, heard),
      emit: (...event: SessionEvent) => this.onEvent?.(event),
      send: (frame: ClientFrame) => {
        if (frame.type === "send" || frame.type === "resume")
          this.#toolRunner()?.follow(frame.turnId);
        return this.#connection.send(frame);
      },
      load: (kind: HistoryRequest["kind"]) => {
        this.#history.want(kind);
        this.#pump();
      },
      leave: () => this.#leave(),
      disconnect: () => this.#connection.disconnect(),
      restart: () => this.#connection.restart(),
      renew: () => this.#connection.renew(),
      loseConversation: () => this.#conversation.startAfresh(true),
      share: (event: TurnMessage) => this.#share(event),
      hello: () => this.#introduce(),
      isBusy: () => this.#isBusy(),
      onState: (state: ConnectionState, failure?: ChatFailure) => {
        if (state !== "ready") this.#lost();
        this.#dispatch({ type: "connection", state, failure });
        port.emit("connection", state, failure);
      },
      onReady: (frame: ReadyFrame) => this.#ready(frame),
      onRenewal: (turnId: string | undefined) => this.#signedOut(turnId),
      onFrame: (frame: ServerFrame) => this.#receive(frame),
      onGatewayError: () => {
        this.#delivery.hurry();
        this.#history.hurry();
      },
    };
    this.#port = port;
    this.#connection = new Connection(port);
    this.#history = new LateHistory(port);
    this.#delivery = new Delivery(port);
    this.#conversation = new Conversation(port);
  }

  get state(): ChatState {
    return this.#state;
  }

  /** Connects, and stays connected. From here on something may be stored. */
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
    const typed: Question = { text, context };
    const question = beforeSend ? beforeSend(typed) : typed;
    return question && this.#ask(question, options.replaces);
  }

  /** Stops a turn, by default the running one; a question that was not sent yet is removed. */
  stop(turnId?: string): void {
    const { turns } = this.#state;
    const turn = turnId
      ? findTurn(this.#state, turnId)
      : (turns.find(isRunning) ?? turns.find(isWaiting));
    if (turn && isWaiting(turn))
      this.#share({ type: "removed", turnId: turn.turnId });
    else if (turn && isRunning(turn))
      this.#dispatch({ type: "stopping", turnId: turn.turnId });
  }

  /** Asks a failed or stopped question again, by default the last one. */
  retry(turnId?: string): void {
    const turn = this.#find(
      turnId,
      ({ status }) => status === "failed" || status === "stopped",
    );
    if (!turn) return;
    if (turn.accepted) return void this.#ask(turn, turn.turnId);
    // It was refused, which has not used up its id.
    this.#begin();
    this.#dispatch({ type: "waiting", turnId: turn.turnId });
    this.#connection.connect();
  }

  /** Asks for another answer to a question, by default to the last one that has ended. */
  regenerate(turnId?: string): void {
    const turn = this.#find(turnId, hasEnded);
    if (turn) this.#ask(turn, turn.turnId);
  }

  /** Asks another question in place of one that was asked before; later turns go with it. A running one is stopped. */
  edit(turnId: string, text: string): void {
    if (findTurn(this.#state, turnId)) this.send(text, { replaces: turnId });
  }

  /** Loads a page of older turns, if there are any. */
  loadOlder(): void {
    const { complete, loading } = this.#state.history;
    if (complete || loading) return;
    this.#port.load("older");
  }

  /** Rates an answer. */
  feedback(turnId: string, rating: Rating, comment?: string): void {
    const turn = findTurn(this.#state, turnId);
    if (!turn || !hasEnded(turn)) return;
    const { conversationId } = this.#state;
    const frame: FeedbackFrame = {
      type: "feedback",
      conversationId,
      turnId,
      rating,
      comment: comment || undefined,
    };
    this.#feedback.set(turnId, frame);
    this.#sendFeedback();
    this.#share({ type: "rated", turnId, rating });
    this.#port.emit("feedback", turnId, rating, comment);
  }

  /** Leaves the conversation, which the server keeps, and begins an empty one. */
  newConversation(): void {
    this.#conversation.startAfresh(false);
  }

  /** Has the server delete the conversation and begins an empty one. Rejects when the server does not confirm it. */
  async forget(): Promise<void> {
    const { conversationId, turns } = this.#state;
    if (!this.#conversation.isStarted && !turns.some(isRunning))
      return this.#conversation.startAfresh(false);
    this.connect();
    const resets = this.#resets;
    const { Forgetting } = await this.#options.loadPast();
    if (resets !== this.#resets) throw new Error("The chat was reset.");
    this.#forgetting ??= new Forgetting(this.#port);
    return this.#forgetting.start(conversationId);
  }

  /** Disconnects and wipes everything stored for this user, so that the next one sees nothing of it. */
  reset(): void {
    this.#stopForgetting();
    this.#conversation.reset();
  }

  /** Remembers whether the panel is open; only then is the connection kept alive while nothing happens. */
  setPanelOpen(open: boolean): void {
    this.#panelOpen = this.#saved.open = open;
    this.#connection.setPanelOpen(open);
  }

  /** Ends everything. The session cannot be used afterwards. */
  dispose(): void {
    this.#stopForgetting();
    this.#tools?.dispose();
    this.#connection.dispose();
    this.#conversation.close();
    delete this.onChange;
  }

  #stopForgetting(): void {
    this.#resets++;
    this.#forgetting?.stop();
  }

  #ask(question: Question, replaces?: string): string | undefined {
    const { environment, model, maxTextLength, tools, pageTools, warn } =
      this.#options;
    const turnId = environment.newId();
    const prepared = prepareQuestion(this.#state, question, {
      turnId,
      createdAt: environment.now(),
      replaces,
      modelHint: model?.(),
      maxTextLength: maxTextLength?.(),
      tools: pageTools?.()?.definitionsOf(tools?.(), warn),
    });
    if ("error" in prepared) {
      this.#port.emit("error", prepared.error);
      return undefined;
    }
    const { asked } = prepared;
    this.#begin();
    const { conversationId, turns } = this.#state;
    const running = turns.find(isRunning);
    // The new question takes its place at once, so that nobody will follow it to its end.
    if (replaces && running)
      this.#connection.send({
        type: "stop",
        conversationId,
        turnId: running.turnId,
      });
    this.#saved.putQuestion(conversationId, asked);
    this.#share({ type: "asked", question: asked });
    this.#port.emit("sent", turnId, asked.text);
    this.#connection.connect();
    return turnId;
  }

  /** Shows here and in the other tabs what was done here. */
  #share(event: TurnMessage): void {
    this.#conversation.tell(event);
    this.#dispatch(event);
  }

  #find(
    turnId: string | undefined,
    suits: (turn: ChatTurn) => boolean,
  ): ChatTurn | undefined {
    const turns = this.#state.turns.filter(suits);
    return turnId ? turns.find((turn) => turn.turnId === turnId) : turns.at(-1);
  }

  // --- The connection ---

  /** The chat is in use: from now on something may be stored. */
  #begin(): void {
    this.#conversation.begin();
    this.#saved.open = this.#panelOpen;
  }

  async #introduce(): Promise<Hello> {
    const hello = await introduce(this.#saved, this.#options, () =>
      this.#conversation.name(),
    );
    this.#isNew = hello.frame.visitorToken === undefined;
    this.#isUser ||= hello.frame.authToken !== undefined;
    // It will be wanted by the time of `ready`.
    if (this.#conversation.isStarted) void this.#history.fetch();
    return hello;
  }

  #ready(frame: ReadyFrame): void {
    // Where there are no locks another tab may have become the visitor meanwhile: then this one is that visitor too.
    if (this.#isNew && this.#saved.visitorToken)
      return this.#connection.renew();
    this.#saved.visitorToken = frame.visitorToken;
    this.#activeTurn = undefined;
    // Questions of one user are not to be asked by another.
    if (this.#conversation.greet(frame, !this.#isUser)) {
      this.#activeTurn = frame.activeTurn?.turnId;
      this.#history.want("newest");
    }
    this.#greeted = true;
    this.#dispatch({ type: "frame", frame });
    this.#forgetting?.pump();
    this.#sendFeedback();
    this.#port.emit("ready", this.#state.conversationId);
  }

  #sendFeedback(): void {
    for (const [turnId, frame] of this.#feedback) {
      if (!this.#connection.send(frame)) return;
      this.#feedback.delete(turnId);
      this.#sentFeedback = frame;
    }
  }

  #lost(): void {
    this.#greeted = false;
    this.#conversation.lost();
    this.#delivery.lost();
    this.#history.clear();
  }

  /** The sign-in has ended, which the page can renew: until then it is as if the connection were lost. */
  #signedOut(turnId: string | undefined): void {
    this.#lost();
    const feedback = this.#sentFeedback;
    if (feedback && feedback.turnId === turnId)
      this.#feedback.set(turnId, feedback);
  }

  /** Another conversation begins: nothing of this one matters any more. */
  #leave(): void {
    this.#activeTurn = undefined;
    this.#delivery.lost();
    this.#history.clear();
    this.#feedback.clear();
  }

  /** Runs the page's tools, from when there are any. */
  #toolRunner(): ToolRunner | undefined {
    const { tools, pageTools } = this.#options;
    const module = tools?.() && pageTools?.();
    if (!module) return undefined;
    this.#tools ??= new module.ToolRunner(this.#port);
    return this.#tools;
  }

  #isBusy(): boolean {
    return (
      this.#forgetting?.isActive ||
      this.#state.turns.some((turn) => isRunning(turn) || isWaiting(turn))
    );
  }

  #receive(frame: ServerFrame): void {
    if (frame.type === "forgotten")
      return this.#forgotten(frame.conversationId);
    if (frame.type === "history") {
      this.#history.receive(frame);
      return this.#pump();
    }
    if (frame.type === "error" && frame.seq === undefined)
      return this.#refused(frame);
    const turnId = "turnId" in frame ? frame.turnId : undefined;
    if (!turnId) return this.#dispatch({ type: "frame", frame });
    const lastSeq = () => findTurn(this.#state, turnId)?.lastSeq;
    const before = lastSeq();
    this.#dispatch({ type: "frame", frame }, turnId);
    const after = lastSeq();
    if (after === undefined) this.#missTurn(turnId);
    else if (after !== before) this.#tools?.received(turnId, frame);
  }

  /** Frames of a turn that is not here: it was asked elsewhere, or belongs to a conversation that was left. */
  #missTurn(turnId: string): void {
    const isReplaced = this.#state.turns.some(({ replaced }) =>
      replaced?.some((turn) => turn.turnId === turnId),
    );
    if (
      !this.#conversation.isStarted ||
      isReplaced ||
      this.#foreign.has(turnId)
    )
      return;
    this.#foreign.add(turnId);
    this.#port.load("recent");
  }

  #refused(error: ErrorFrame): void {
    const { turnId, code } = error;
    const tell =
      turnId === undefined
        ? !this.#history.refused(error)
        : this.#delivery.refused({ ...error, turnId });
    // What the server does not know need not be deleted.
    if (turnId === undefined && code === "not_found")
      return this.#forgotten(this.#state.conversationId);
    if (tell) this.#port.emit("error", error, turnId);
    this.#pump();
  }

  #forgotten(conversationId: string): void {
    const tellWhoAsked = this.#forgetting?.confirmed(conversationId);
    this.#conversation.forgotten(conversationId);
    tellWhoAsked?.();
  }

  // --- The state ---

  /** `heard`: the turn whose frames evidently reach this connection. */
  #dispatch(event: ChatEvent, heard?: string): void {
    const before = this.#state;
    this.#state = reduce(before, event);
    if (heard) this.#delivery.heard(heard);
    if (this.#state !== before) {
      this.#tools?.update();
      this.#conversation.follow(before, this.#state);
      for (const each of turnEvents(before, this.#state, event))
        this.#port.emit(...each);
      this.onChange?.();
    }
    this.#pump();
  }

  /** Does what the state calls for, until it calls for nothing more. */
  #pump(): void {
    if (this.#pumping || !this.#greeted) return;
    this.#pumping = true;
    let before;
    do {
      before = this.#state;
      this.#history.pump();
      if (!this.#history.isBusy) this.#activeTurn = undefined;
      this.#delivery.pump(this.#history.isBusy, this.#activeTurn);
    } while (before !== this.#state && this.#greeted);
    this.#pumping = false;
    this.#connection.idle();
  }
}
