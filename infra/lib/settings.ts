import { Token } from "aws-cdk-lib";
import type { InvokableModel } from "./model-access.ts";
import { expected, matching, wholeNumber } from "./validate.ts";

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
   * Days that conversations are kept.
   *
   * @default 30
   */
  readonly retentionDays?: number;
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
}

/** The settings file's content. What is wrong is refused here, at synthesis, and not by the first visitor's handshake. */
export function settingsFile(props: ChatSettings): object {
  const { models } = props;
  if (models.length === 0) expected("models", models, "at least one model");
  const ids = models.map(({ id }) => id);
  models.forEach((model, i) => {
    matching(
      `models[${i}].id`,
      model.id,
      /^[A-Za-z0-9._-]{1,64}$/,
      "1 to 64 letters, digits, dots, - and _",
    );
    if (ids.indexOf(model.id) !== i)
      expected(`models[${i}].id`, model.id, "an id that no other model has");
    if (model.label.trim() === "")
      expected(`models[${i}].label`, model.label, "a name for visitors");
    wholeNumber(`models[${i}].maxTokens`, model.maxTokens, 1, 1_000_000);
    if (model.contextTokens !== undefined)
      wholeNumber(
        `models[${i}].contextTokens`,
        model.contextTokens,
        model.maxTokens + 1,
        10_000_000,
      );
  });
  const defaultModel = props.defaultModel ?? ids[0];
  if (!ids.includes(defaultModel!))
    expected("defaultModel", defaultModel, `one of ${ids.join(", ")}`);
  const file = {
    models: models.map(
      ({ id, label, modelId, maxTokens, contextTokens, settings }) => ({
        id,
        label,
        modelId,
        maxTokens,
        contextTokens,
        settings,
      }),
    ),
    defaultModel,
    systemPrompt: props.systemPrompt,
    retentionDays: wholeNumber(
      "retentionDays",
      props.retentionDays ?? 30,
      1,
      3_650,
    ),
    maxTextLength: wholeNumber(
      "maxTextLength",
      props.maxTextLength ?? 8_000,
      1,
      8_000,
    ),
    unwatchedSeconds: wholeNumber(
      "unwatchedSeconds",
      props.unwatchedSeconds ?? 120,
      0,
      900,
    ),
  };
  if (Token.isUnresolved(file))
    expected(
      "settings",
      "a token",
      "values that are known at synthesis, since they are packed as a file",
    );
  return file;
}
