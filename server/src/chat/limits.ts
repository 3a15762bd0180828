import {
  DEFAULT_MAX_TEXT_LENGTH,
  MAX_PLAIN_FRAME_BYTES,
  MAX_SERVER_FRAME_BYTES,
} from "bedrock-chat-widget/protocol";

/** How long things may take, in milliseconds. */
export interface Timing {
  /** From taking a conversation to storing the turn: longer than a router may run. */
  readonly holdLeaseMs: number;
  /** From storing a question to its worker's start: the maximum age of an asynchronous invocation and a margin. */
  readonly acceptLeaseMs: number;
  /** A question that comes again after this long and has no worker yet gets one: its router may have died. */
  readonly restartAfterMs: number;
  /** What a worker claims at a time, and how often it claims it anew. */
  readonly runLeaseMs: number;
  readonly renewEveryMs: number;
  /** How often a worker looks for a stop and for connections that came back. */
  readonly pollEveryMs: number;
  /** How long text is collected before it becomes a frame. */
  readonly flushEveryMs: number;
  /** The model is asked again while it throttles: at most this often, and not after this long. */
  readonly modelAttempts: number;
  readonly modelRetryWindowMs: number;
  readonly modelRetryBaseMs: number;
  /** What a visitor is told to wait when the model went on throttling. */
  readonly throttledRetryAfterMs: number;
  /** Kept back from a worker's time to end its turn cleanly. */
  readonly endReserveMs: number;
  /** Kept back from a worker's time when it waits for slow connections after the end. */
  readonly drainReserveMs: number;
  /** How long an answer goes on while no connection listens. */
  readonly unwatchedMs: number;
  /** How long the model waits for what the page's tools give. */
  readonly toolTimeoutMs: number;
  /** A turn takes one of its visitor's slots for this long at most: longer than a worker may run. */
  readonly slotLeaseMs: number;
  /** What a visitor is told to wait whose slots are all taken. */
  readonly slotRetryAfterMs: number;
  /** How old what is known of the kill switch may be. */
  readonly switchFreshMs: number;
  /** A post or a write that fails is tried again: this often, at first and at last after so long. */
  readonly retryAttempts: number;
  readonly retryBaseMs: number;
  readonly retryCapMs: number;
}

/** How big things may be. */
export interface Limits {
  /** Longest question in UTF-16 code units. */
  readonly maxTextLength: number;
  /** Text that becomes a frame without waiting, in UTF-16 code units. */
  readonly flushLength: number;
  /** Largest frame to a client, and largest `{"message"}` to a plain one, in bytes. */
  readonly maxFrameBytes: number;
  readonly maxPlainFrameBytes: number;
  /** Longest answer in bytes: with its question, page context and resumes it must fit into one item of 400 KB. */
  readonly maxAnswerBytes: number;
  /** Longest page context that the model gets, in UTF-16 code units. */
  readonly maxPageContextLength: number;
  /** Turns that the model's context is made of. */
  readonly maxContextTurns: number;
  /** How often the model goes on with what tools gave, in one turn. */
  readonly maxToolRounds: number;
  /** Calls of tools in one turn. What they give is kept in the turn's item until it ends. */
  readonly maxToolCalls: number;
}

/** How much may be used, of everything that anybody can ask for. 0: as much as they like. */
export interface UsageLimits {
  readonly addressConnectsPerMinute: number;
  /** Visitors without a token of their own: a stranger can throw a token away. */
  readonly addressVisitorsPerMinute: number;
  readonly addressQuestionsPerMinute: number;
  readonly addressTokensPerHour: number;
  /** Over it the connection is closed. */
  readonly connectionFramesPerMinute: number;
  readonly visitorQuestionsPerMinute: number;
  readonly visitorTokensPerDay: number;
  /** Questions of a visitor that are being answered at the same time, each in a conversation of its own. */
  readonly visitorRunningTurns: number;
  readonly conversationTurns: number;
}

/** What the whole site may use, by days and months in UTC. 0: no budget. */
export interface Budgets {
  readonly tokensPerDay: number;
  readonly tokensPerMonth: number;
  /** US dollars, by the prices of the models. */
  readonly dollarsPerDay: number;
  readonly dollarsPerMonth: number;
}

export const DEFAULT_TIMING: Timing = {
  holdLeaseMs: 30_000,
  acceptLeaseMs: 75_000,
  restartAfterMs: 5_000,
  runLeaseMs: 20_000,
  renewEveryMs: 5_000,
  pollEveryMs: 250,
  flushEveryMs: 100,
  modelAttempts: 4,
  modelRetryWindowMs: 15_000,
  modelRetryBaseMs: 1_000,
  throttledRetryAfterMs: 10_000,
  endReserveMs: 10_000,
  drainReserveMs: 2_000,
  unwatchedMs: 120_000,
  toolTimeoutMs: 60_000,
  slotLeaseMs: 17 * 60_000,
  slotRetryAfterMs: 5_000,
  switchFreshMs: 10_000,
  retryAttempts: 6,
  retryBaseMs: 200,
  retryCapMs: 5_000,
};

export const DEFAULT_LIMITS: Limits = {
  maxTextLength: DEFAULT_MAX_TEXT_LENGTH,
  flushLength: 2_000,
  maxFrameBytes: MAX_SERVER_FRAME_BYTES,
  maxPlainFrameBytes: MAX_PLAIN_FRAME_BYTES,
  maxAnswerBytes: 280_000,
  maxPageContextLength: 8_000,
  maxContextTurns: 200,
  maxToolRounds: 5,
  maxToolCalls: 10,
};

export const DEFAULT_USAGE_LIMITS: UsageLimits = {
  addressConnectsPerMinute: 60,
  addressVisitorsPerMinute: 30,
  addressQuestionsPerMinute: 60,
  addressTokensPerHour: 1_000_000,
  connectionFramesPerMinute: 120,
  visitorQuestionsPerMinute: 20,
  visitorTokensPerDay: 500_000,
  visitorRunningTurns: 3,
  conversationTurns: 200,
};

/** Dollars need prices, which only the owner knows. */
export const DEFAULT_BUDGETS: Budgets = {
  tokensPerDay: 10_000_000,
  tokensPerMonth: 100_000_000,
  dollarsPerDay: 0,
  dollarsPerMonth: 0,
};
