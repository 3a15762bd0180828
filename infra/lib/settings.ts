import { type Duration, Token } from "aws-cdk-lib";
import { parseSettings } from "bedrock-chat-server/settings";
import type { InvokableModel } from "./model-access.ts";
import { expected } from "./validate.ts";

/** A model that visitors may be served by. */
export interface ChatModel extends InvokableModel {
  /** What pages name in the widget's `model` attribute. */
  readonly id: string;
  /** What visitors read. */
  readonly label: string;
  /** Most output tokens of one answer. */
  readonly maxTokens: number;
  /**
   * Context window in tokens, input and output together. Older turns that do not fit are left out.
   *
   * @default - what the handlers take for a model that says nothing
   */
  readonly contextTokens?: number;
  /**
   * What the model costs, in US dollars for a million tokens. A budget in dollars needs it.
   *
   * @default - unknown
   */
  readonly prices?: {
    readonly inputPerMillion: number;
    readonly outputPerMillion: number;
  };
  /**
   * Sampling parameters and the like. Some models refuse any of them.
   *
   * @default - nothing is sent
   */
  readonly settings?: {
    readonly temperature?: number;
    readonly topP?: number;
    readonly stopSequences?: readonly string[];
    readonly additionalModelRequestFields?: Readonly<Record<string, unknown>>;
  };
}

/** A user pool of Amazon Cognito, whose users may sign in. */
export interface CognitoSignIn {
  readonly type: "cognito";
  readonly userPoolId: string;
  /** Its app client, or several of them. */
  readonly clientId: string | readonly string[];
}

/** An issuer of OpenID Connect, whose users may sign in. */
export interface OidcSignIn {
  readonly type: "oidc";
  /** Exactly as its tokens have it in `iss`. */
  readonly issuer: string;
  /** What its tokens must have in `aud`, or several texts of which one is enough. */
  readonly audience: string | readonly string[];
  /**
   * Where its public keys are.
   *
   * @default - where its discovery document says
   */
  readonly jwksUri?: string;
}

/** Who may talk. */
export interface ChatAuth {
  /**
   * Whether visitors who have not signed in may talk too.
   *
   * @default false
   */
  readonly anonymous?: boolean;
  /** Whose users may sign in. */
  readonly issuers: readonly (CognitoSignIn | OidcSignIn)[];
}

/** How much may be used. What is left out has its default; 0 switches a limit off. */
export interface ChatLimits {
  /** @default 60 */
  readonly addressConnectsPerMinute?: number;
  /**
   * Visitors who bring no token of their own.
   *
   * @default 30
   */
  readonly addressVisitorsPerMinute?: number;
  /** @default 60 */
  readonly addressQuestionsPerMinute?: number;
  /** @default 1000000 */
  readonly addressTokensPerHour?: number;
  /**
   * Over it the connection is closed.
   *
   * @default 120
   */
  readonly connectionFramesPerMinute?: number;
  /** @default 20 */
  readonly visitorQuestionsPerMinute?: number;
  /** @default 500000 */
  readonly visitorTokensPerDay?: number;
  /**
   * Answers to one visitor at the same time.
   *
   * @default 3
   */
  readonly visitorRunningTurns?: number;
  /**
   * Questions in one conversation.
   *
   * @default 200
   */
  readonly conversationTurns?: number;
}

/** What the whole site may use, by days and months in UTC. What is left out has its default; 0 switches a budget off. */
export interface ChatBudgets {
  /** @default 10000000 */
  readonly tokensPerDay?: number;
  /** @default 100000000 */
  readonly tokensPerMonth?: number;
  /**
   * US dollars, by the `prices` of the models.
   *
   * @default 0
   */
  readonly dollarsPerDay?: number;
  /** @default 0 */
  readonly dollarsPerMonth?: number;
}

/** What the handlers read from the settings file; the constructs take it as props. */
export interface ChatSettings {
  /** Models that visitors may be served by; only these may be invoked. */
  readonly models: readonly ChatModel[];
  /**
   * Id of the model that serves a question without a hint, or with an unknown one.
   *
   * @default - the first of `models`
   */
  readonly defaultModel?: string;
  /**
   * What every conversation begins with.
   *
   * @default - none
   */
  readonly systemPrompt?: string;
  /**
   * Guardrail of Amazon Bedrock that looks at every question and answer, by its id or ARN and its version. Answers are held
   * back until it has seen them.
   *
   * @default - none
   */
  readonly guardrail?: { readonly id: string; readonly version: string };
  /**
   * Names of the tools that pages may offer the model.
   *
   * @default - none
   */
  readonly tools?: readonly string[];
  /**
   * Origins of the pages that may use the chat: `https://www.example.com`, or `https://*.example.com` for all subdomains.
   *
   * @default - no page of any site
   */
  readonly allowedOrigins?: readonly string[];
  /**
   * Whether clients that name no origin, which are no browsers, are refused too.
   *
   * @default false
   */
  readonly requireOrigin?: boolean;
  /**
   * How users sign in.
   *
   * @default - nobody does, all visitors are anonymous
   */
  readonly auth?: ChatAuth;
  /**
   * How long conversations are kept after their last question.
   *
   * @default Duration.days(30)
   */
  readonly retention?: Duration;
  /**
   * Longest question in UTF-16 code units.
   *
   * @default 8000
   */
  readonly maxTextLength?: number;
  /**
   * Seconds that an answer goes on while nobody is connected.
   *
   * @default 120
   */
  readonly unwatchedSeconds?: number;
  /**
   * How much a connection, an address, a visitor and a conversation may use.
   *
   * @default - the default of each limit
   */
  readonly limits?: ChatLimits;
  /**
   * How much the whole site may use.
   *
   * @default - the default of each budget
   */
  readonly budgets?: ChatBudgets;
}

/**
 * The settings file's content, checked by the handlers' own reader: what it would refuse is refused here, at synthesis, and
 * not by the first visitor's handshake.
 *
 * @internal
 */
export function settingsFile(props: ChatSettings): object {
  const file = {
    models: props.models.map(
      ({ id, label, modelId, maxTokens, contextTokens, prices, settings }) => ({
        id,
        label,
        modelId,
        maxTokens,
        contextTokens,
        prices,
        settings,
      }),
    ),
    defaultModel: props.defaultModel,
    systemPrompt: props.systemPrompt,
    guardrail: props.guardrail,
    tools: props.tools,
    allowedOrigins: props.allowedOrigins,
    requireOrigin: props.requireOrigin,
    auth: props.auth,
    retentionDays: props.retention?.toDays({ integral: false }),
    limits: {
      ...props.limits,
      maxTextLength: props.maxTextLength,
      unwatchedSeconds: props.unwatchedSeconds,
    },
    budgets: props.budgets,
  };
  const json = JSON.stringify(file);
  if (Token.isUnresolved(json))
    expected(
      "settings",
      json,
      "values that are known at synthesis, because they are packed as a file",
    );
  return parseSettings(JSON.parse(json));
}
