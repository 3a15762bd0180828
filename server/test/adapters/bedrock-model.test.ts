/** The Bedrock model over the real SDK, against a server that speaks Bedrock's protocol. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ChatError } from "../../src/chat/errors.ts";
import type { Model } from "../../src/chat/ports.ts";
import {
  type BedrockServer,
  blockDelta,
  blockStop,
  type Exchange,
  messageStart,
  messageStop,
  metadata,
  startBedrockServer,
  streamException,
  textDelta,
  toolStart,
  wholeAnswer,
} from "../support/bedrock-server.ts";
import { MODELS, outcomeOf, REQUEST } from "../support/models-under-test.ts";

/** No test aborts by accident. */
const never = (): AbortSignal => new AbortController().signal;

for (const [protocol, connect] of Object.entries(MODELS)) {
  const withServer =
    (
      answer: (exchange: Exchange) => void | Promise<void>,
      test: (model: Model, server: BedrockServer) => Promise<void>,
    ) =>
    async () => {
      const server = await startBedrockServer(answer);
      try {
        await test(connect(server.endpoint), server);
      } finally {
        await server.close();
      }
    };
  /** Answers with these bytes and ends the stream. */
  const stream =
    (...frames: readonly Uint8Array[]) =>
    (exchange: Exchange) => {
      exchange.start();
      exchange.write(...frames);
      exchange.end();
    };

  describe(`Bedrock over ${protocol}`, () => {
    describe("an answer", () => {
      it(
        "comes as start, texts, stop and usage",
        withServer(
          stream(...wholeAnswer("A ", "queue 👩‍👩‍👧", " e\u0301")),
          async (model, { exchanges }) => {
            const { events, error } = await outcomeOf(
              model.stream(REQUEST, never()),
            );
            assert.equal(error, undefined);
            assert.deepEqual(events, [
              { type: "start" },
              { type: "text", text: "A " },
              { type: "text", text: "queue 👩‍👩‍👧" },
              { type: "text", text: " e\u0301" },
              { type: "stop", stopReason: "end_turn" },
              { type: "usage", usage: { inputTokens: 12, outputTokens: 34 } },
            ]);
            assert.equal(exchanges.length, 1);
            assert.equal(
              exchanges[0]?.httpVersion,
              protocol === "HTTP/2" ? "2.0" : "1.1",
            );
          },
        ),
      );

      it(
        "is asked for with what was given and no more",
        withServer(stream(...wholeAnswer("x")), async (model, server) => {
          await outcomeOf(model.stream(REQUEST, never()));
          assert.deepEqual(server.exchanges[0]?.body, {
            messages: [
              { role: "user", content: [{ text: "What is a queue?" }] },
            ],
            inferenceConfig: { maxTokens: 1_000 },
          });
          assert.equal(
            server.exchanges[0].path,
            "/model/amazon.nova-micro-v1%3A0/converse-stream",
          );
        }),
      );

      it(
        "is asked for with system prompt, earlier turns and configured settings",
        withServer(stream(...wholeAnswer("x")), async (model, server) => {
          const arn =
            "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.x";
          await outcomeOf(
            model.stream(
              {
                model: {
                  ...REQUEST.model,
                  modelId: arn,
                  settings: {
                    temperature: 0,
                    topP: 0.5,
                    stopSequences: ["END"],
                    additionalModelRequestFields: { thinking: { type: "off" } },
                  },
                },
                system: "Be brief.",
                messages: [
                  { role: "user", content: ["One", "Two"] },
                  { role: "assistant", content: ["Three"] },
                  { role: "user", content: ["Four"] },
                ],
              },
              never(),
            ),
          );
          const [exchange] = server.exchanges;
          assert.equal(
            exchange?.path,
            `/model/${encodeURIComponent(arn)}/converse-stream`,
          );
          assert.deepEqual(exchange.body, {
            system: [{ text: "Be brief." }],
            messages: [
              { role: "user", content: [{ text: "One" }, { text: "Two" }] },
              { role: "assistant", content: [{ text: "Three" }] },
              { role: "user", content: [{ text: "Four" }] },
            ],
            inferenceConfig: {
              maxTokens: 1_000,
              temperature: 0,
              topP: 0.5,
              stopSequences: ["END"],
            },
            additionalModelRequestFields: { thinking: { type: "off" } },
          });
        }),
      );

      it(
        "is its text only: no reasoning, tool input, citation or empty delta",
        withServer(
          stream(
            messageStart(),
            blockDelta({ reasoningContent: { text: "Hm." } }),
            blockDelta({ reasoningContent: { signature: "abc" } }),
            blockStop(),
            textDelta(""),
            textDelta("Yes"),
            blockDelta({ citation: { title: "Manual" } }),
            blockDelta({ toolUse: { input: '{"a":' } }),
            textDelta("."),
            blockDelta({ somethingNew: { text: "?" } }),
            messageStop("tool_use"),
            metadata(),
          ),
          async (model) => {
            const { events, text } = await outcomeOf(
              model.stream(REQUEST, never()),
            );
            assert.equal(text, "Yes.");
            assert.deepEqual(
              events.map(({ type }) => type),
              ["start", "text", "text", "stop", "usage"],
            );
          },
        ),
      );

      const stopReasons = {
        end_turn: "end_turn",
        max_tokens: "max_tokens",
        stop_sequence: "stop_sequence",
        tool_use: "tool_use",
        guardrail_intervened: "guardrail_intervened",
        content_filtered: "content_filtered",
        model_context_window_exceeded: "model_context_window_exceeded",
        malformed_model_output: "malformed",
        malformed_tool_use: "malformed",
        stopped: "other",
        something_new: "other",
      };
      it(
        "says why it stopped",
        withServer(
          ({ body, ...exchange }) => {
            const { messages } = body as {
              messages: [{ content: [{ text: string }] }];
            };
            stream(
              messageStart(),
              messageStop(messages[0].content[0].text),
            )({
              body,
              ...exchange,
            });
          },
          async (model) => {
            for (const [reason, expected] of Object.entries(stopReasons)) {
              const request = {
                ...REQUEST,
                messages: [{ role: "user", content: [reason] }] as const,
              };
              const { stop, error } = await outcomeOf(
                model.stream(request, never()),
              );
              assert.equal(error, undefined);
              assert.equal(stop?.stopReason, expected, reason);
            }
          },
        ),
      );

      it(
        "is the same however its bytes are cut",
        withServer(
          async (exchange) => {
            exchange.start();
            for (const byte of Buffer.concat(wholeAnswer("𝄞", "€uro"))) {
              exchange.write(Uint8Array.of(byte));
              await new Promise(setImmediate);
            }
            exchange.end();
          },
          async (model) => {
            const { text, stop, error } = await outcomeOf(
              model.stream(REQUEST, never()),
            );
            assert.deepEqual(
              [text, stop?.stopReason, error],
              ["𝄞€uro", "end_turn", undefined],
            );
          },
        ),
      );

      it(
        "can be long",
        withServer(
          stream(
            ...wholeAnswer(...Array.from({ length: 5_000 }, (_, i) => `${i},`)),
          ),
          async (model) => {
            const { text } = await outcomeOf(model.stream(REQUEST, never()));
            assert.equal(
              text,
              Array.from({ length: 5_000 }, (_, i) => `${i},`).join(""),
            );
          },
        ),
      );
    });

    describe("tools", () => {
      const input = (input: string) => blockDelta({ toolUse: { input } });

      it(
        "are offered, and their calls and results go back as blocks",
        withServer(stream(...wholeAnswer("x")), async (model, server) => {
          const inputSchema = { type: "object", properties: { id: {} } };
          const call = {
            type: "tool-use",
            toolCallId: "u1",
            name: "cart",
            input: { id: 7 },
          } as const;
          const result = {
            type: "tool-result",
            toolCallId: "u1",
            text: "Closed.",
          } as const;
          await outcomeOf(
            model.stream(
              {
                ...REQUEST,
                tools: [{ name: "cart", description: "Looks.", inputSchema }],
                messages: [
                  { role: "user", content: ["How many?"] },
                  { role: "assistant", content: ["I look.", call] },
                  { role: "user", content: [{ ...result, failed: true }] },
                  { role: "assistant", content: [{ ...call, input: {} }] },
                  { role: "user", content: [{ ...result, failed: false }] },
                ],
              },
              never(),
            ),
          );
          const { messages, toolConfig } = server.exchanges[0]?.body as {
            messages: { content: object[] }[];
            toolConfig: object;
          };
          assert.deepEqual(toolConfig, {
            tools: [
              {
                toolSpec: {
                  name: "cart",
                  description: "Looks.",
                  inputSchema: { json: inputSchema },
                },
              },
            ],
          });
          const content = [{ text: "Closed." }];
          assert.deepEqual(
            messages.slice(1).map(({ content }) => content),
            [
              [
                { text: "I look." },
                {
                  toolUse: { toolUseId: "u1", name: "cart", input: { id: 7 } },
                },
              ],
              [{ toolResult: { toolUseId: "u1", content, status: "error" } }],
              [{ toolUse: { toolUseId: "u1", name: "cart", input: {} } }],
              [{ toolResult: { toolUseId: "u1", content } }],
            ],
          );
        }),
      );

      it(
        "are called with input that came in pieces, with none, or with what is no JSON",
        withServer(
          stream(
            messageStart(),
            textDelta("I look."),
            blockStop(),
            toolStart("u1", "cart"),
            ...["", '{"id"', ":7}"].map(input),
            blockStop(),
            toolStart("u2", "now"),
            blockStop(),
            toolStart("u3", "cart"),
            input('{"id":'),
            blockStop(),
            messageStop("tool_use"),
            metadata(),
          ),
          async (model) => {
            const { events } = await outcomeOf(model.stream(REQUEST, never()));
            const call = { type: "tool-use" } as const;
            assert.deepEqual(events.slice(2, -1), [
              { ...call, toolCallId: "u1", name: "cart", input: { id: 7 } },
              { ...call, toolCallId: "u2", name: "now", input: {} },
              { ...call, toolCallId: "u3", name: "cart", input: undefined },
              { type: "stop", stopReason: "tool_use" },
            ]);
          },
        ),
      );
    });

    describe("a stream that is not whole", () => {
      const truncated = async (model: Model, text: string) => {
        const outcome = await outcomeOf(model.stream(REQUEST, never()));
        assert.equal(outcome.text, text);
        assert.equal(outcome.stop, undefined);
        // Either a plain end without `stop`, or the error that says so.
        if (outcome.error) {
          assert.ok(outcome.error instanceof ChatError);
          assert.equal(outcome.error.code, "stream_truncated");
        }
        return outcome.error;
      };

      it(
        "has no stop when it ends before messageStop",
        withServer(stream(messageStart(), textDelta("Half")), async (model) => {
          await truncated(model, "Half");
        }),
      );

      it(
        "is an error when it ends within a frame",
        withServer(
          stream(
            messageStart(),
            textDelta("Half"),
            textDelta("x").slice(0, -5),
          ),
          async (model) => {
            assert.ok(await truncated(model, "Half"));
          },
        ),
      );

      it(
        "is an error when a checksum is wrong",
        withServer(
          stream(
            messageStart(),
            textDelta("Half"),
            textDelta("more").with(-1, textDelta("more").at(-1)! ^ 1),
            messageStop(),
          ),
          async (model) => {
            assert.ok(await truncated(model, "Half"));
          },
        ),
      );

      it(
        "is an error, or at least no stop, when the connection breaks",
        withServer(
          (exchange) => {
            exchange.start();
            exchange.write(messageStart(), textDelta("Half"));
          },
          async (model, { exchanges }) => {
            const reset = ({ type }: { type: string }) => {
              if (type === "text") exchanges[0]?.reset();
            };
            const { text, stop, error } = await outcomeOf(
              model.stream(REQUEST, never()),
              reset,
            );
            assert.equal(text, "Half");
            assert.equal(stop, undefined);
            if (protocol === "HTTP/1.1" || error)
              assert.equal((error as ChatError).code, "stream_truncated");
          },
        ),
      );

      it(
        "is whole once messageStop was there, whatever comes of the rest",
        withServer(
          stream(
            messageStart(),
            textDelta("All"),
            messageStop(),
            streamException("internalServerException", "Too late."),
          ),
          async (model) => {
            const { text, stop, error } = await outcomeOf(
              model.stream(REQUEST, never()),
            );
            assert.deepEqual(
              [text, stop?.stopReason, error],
              ["All", "end_turn", undefined],
            );
          },
        ),
      );
    });

    describe("an exception", () => {
      const inMidStream = [
        ["throttlingException", "Too many tokens.", "model_throttled"],
        ["validationException", "No.", "model_rejected"],
        [
          "validationException",
          "Input is too long for requested model.",
          "context_too_long",
        ],
        ["internalServerException", "Oh.", "model_unavailable"],
        ["serviceUnavailableException", "Later.", "model_unavailable"],
        ["modelStreamErrorException", "Broken.", "model_unavailable"],
        ["modelTimeoutException", "Slow.", "timeout"],
        ["somethingNewException", "?", "stream_truncated"],
      ] as const;
      it(
        "in mid-stream has its code, and the text before it is kept",
        withServer(
          (exchange) => {
            const which = Number(
              (exchange.body as { system: [{ text: string }] }).system[0].text,
            );
            const [type, message] = inMidStream[which]!;
            stream(
              messageStart(),
              textDelta("Half"),
              streamException(type, message),
            )(exchange);
          },
          async (model, { exchanges }) => {
            for (const [i, [type, message, code]] of inMidStream.entries()) {
              const { text, stop, error } = await outcomeOf(
                model.stream({ ...REQUEST, system: String(i) }, never()),
              );
              assert.equal(text, "Half", type);
              assert.equal(stop, undefined, type);
              assert.ok(error instanceof ChatError, type);
              assert.equal(error.code, code, `${type}: ${error.message}`);
              if (code !== "stream_truncated")
                assert.ok(error.message.includes(message), error.message);
            }
            assert.equal(exchanges.length, inMidStream.length);
          },
        ),
      );

      const before = [
        [
          400,
          "ValidationException",
          "The provided model identifier is invalid.",
          "model_rejected",
        ],
        [
          400,
          "ValidationException",
          "Input is too long for requested model.",
          "context_too_long",
        ],
        [
          400,
          "ValidationException",
          "The model returned the following errors: prompt is too long: 210266 tokens > 200000 maximum",
          "context_too_long",
        ],
        [
          400,
          "ValidationException",
          "The model returned the following errors: input length and `max_tokens` exceed context limit: 199000 + 4096 > 200000",
          "context_too_long",
        ],
        [
          400,
          "ValidationException",
          "The model returned the following errors: Input Tokens Exceeded: Number of input tokens exceeds maximum length.",
          "context_too_long",
        ],
        [
          400,
          "ValidationException",
          "400 Bad Request: Too many input tokens. Max input tokens: 8192, request input token count: 9000",
          "context_too_long",
        ],
        [
          400,
          "ValidationException",
          "This model's maximum context length is 8192 tokens.",
          "context_too_long",
        ],
        [
          400,
          "ValidationException",
          "The text field in the ContentBlock object at messages.0.content.0 is blank. Add text to the text field, and try again.",
          "model_rejected",
        ],
        [400, "ServiceQuotaExceededException", "Quota.", "model_throttled"],
        [
          403,
          "AccessDeniedException",
          "User: arn:aws:iam::123456789012:user/x is not authorized",
          "model_rejected",
        ],
        [
          403,
          "UnrecognizedClientException",
          "The security token is invalid.",
          "internal",
        ],
        [
          403,
          "ExpiredTokenException",
          "The security token has expired.",
          "internal",
        ],
        [404, "ResourceNotFoundException", "No such model.", "model_rejected"],
        [408, "ModelTimeoutException", "Slow.", "timeout"],
        [424, "ModelErrorException", "Broken.", "model_unavailable"],
        [424, "ModelErrorException", "prompt is too long", "context_too_long"],
        [
          429,
          "ThrottlingException",
          "Too many requests, please wait before trying again.",
          "model_throttled",
        ],
        [429, "ModelNotReadyException", "Warming up.", "model_unavailable"],
        [429, undefined, "Slow down.", "model_throttled"],
        [500, "InternalServerException", "Oh.", "model_unavailable"],
        [503, "ServiceUnavailableException", "Later.", "model_unavailable"],
        [502, undefined, "Bad gateway.", "model_unavailable"],
        [418, undefined, "Teapot.", "model_rejected"],
      ] as const;
      it(
        "before the stream has its code, after one attempt",
        withServer(
          (exchange) => {
            const which = Number(
              (exchange.body as { system: [{ text: string }] }).system[0].text,
            );
            const [status, name, message] = before[which]!;
            exchange.refuse(status, name, message);
          },
          async (model, { exchanges }) => {
            for (const [i, [status, name, message, code]] of before.entries()) {
              const { events, error } = await outcomeOf(
                model.stream({ ...REQUEST, system: String(i) }, never()),
              );
              assert.deepEqual(events, []);
              assert.ok(error instanceof ChatError);
              assert.equal(error.code, code, `${status} ${name}: ${message}`);
              assert.ok(error.message.includes(message), error.message);
              assert.ok(!error.sentence.includes(message));
            }
            assert.equal(exchanges.length, before.length);
          },
        ),
      );

      it("says that nobody answers", async () => {
        const server = await startBedrockServer(() => undefined);
        await server.close();
        const { error } = await outcomeOf(
          connect(server.endpoint).stream(REQUEST, never()),
        );
        assert.ok(error instanceof ChatError);
        assert.equal(error.code, "model_unavailable");
      });
    });

    describe("the stream at Bedrock", { timeout: 20_000 }, () => {
      it(
        "is closed by an abort, without an error",
        withServer(
          (exchange) => {
            exchange.start();
            exchange.write(messageStart(), textDelta("Half"));
          },
          async (model, { exchanges }) => {
            const abort = new AbortController();
            const { text, stop, error } = await outcomeOf(
              model.stream(REQUEST, abort.signal),
              ({ type }) => {
                if (type === "text") abort.abort();
              },
            );
            assert.deepEqual(
              [text, stop, error],
              ["Half", undefined, undefined],
            );
            await exchanges[0]?.closed;
          },
        ),
      );

      it("is closed by an abort before it has begun", async () => {
        const abort = new AbortController();
        await withServer(
          () => abort.abort(),
          async (model, { exchanges }) => {
            const { events, error } = await outcomeOf(
              model.stream(REQUEST, abort.signal),
            );
            assert.deepEqual([events, error], [[], undefined]);
            await exchanges[0]?.closed;
          },
        )();
      });

      it(
        "is never opened after an abort",
        withServer(
          () => undefined,
          async (model, { exchanges }) => {
            const outcome = await outcomeOf(
              model.stream(REQUEST, AbortSignal.abort()),
            );
            assert.deepEqual(outcome.events, []);
            assert.equal(outcome.error, undefined);
            assert.equal(exchanges.length, 0);
          },
        ),
      );

      it(
        "gives nothing more after an abort, even what has arrived",
        withServer(
          (exchange) => {
            exchange.start();
            exchange.write(Buffer.concat(wholeAnswer("One", "Two", "Three")));
          },
          async (model) => {
            const abort = new AbortController();
            const { text, stop } = await outcomeOf(
              model.stream(REQUEST, abort.signal),
              ({ type }) => {
                if (type === "text") abort.abort();
              },
            );
            assert.deepEqual([text, stop], ["One", undefined]);
          },
        ),
      );

      it(
        "is closed when the reader leaves the loop",
        withServer(
          (exchange) => {
            exchange.start();
            exchange.write(messageStart(), textDelta("Half"));
          },
          async (model, { exchanges }) => {
            for await (const { type } of model.stream(REQUEST, never()))
              if (type === "text") break;
            await exchanges[0]?.closed;
          },
        ),
      );

      it(
        "is closed when the reader throws",
        withServer(
          (exchange) => {
            exchange.start();
            exchange.write(messageStart(), textDelta("Half"));
          },
          async (model, { exchanges }) => {
            await assert.rejects(async () => {
              for await (const { type } of model.stream(REQUEST, never()))
                if (type === "text") throw new Error("mine");
            }, /mine/);
            await exchanges[0]?.closed;
          },
        ),
      );
    });
  });
}
