/** The page of long-chat.js: a chat with so many turns, and an answer that comes a piece a frame. */
import { BedrockChat } from "../src/elements/bedrock-chat.ts";
import { MemoryServer } from "../src/transport/memory-transport.ts";
import { ordinaryAnswer } from "./answers.ts";

BedrockChat.define();

const frame = (): Promise<number> => new Promise(requestAnimationFrame);

let answer: () => AsyncIterable<string> | string = () => "Yes.";
const server = new MemoryServer({ answer: () => answer() });
const chat = document.createElement("bedrock-chat");
chat.createTransport = server.connect;
chat.endpoint = "wss://bench.example/";
chat.persist = "none";
document.body.append(chat);

const ended = (): Promise<unknown> =>
  new Promise((resolve) =>
    chat.addEventListener("chat-response-end", resolve, { once: true }),
  );

async function fill(turns: number): Promise<void> {
  chat.show();
  const first = ended();
  await chat.send("The beginning?");
  await first;
  const { conversationId } = JSON.parse(
    (await chat.exportTranscript()).json,
  ) as { conversationId: string };
  const text = ordinaryAnswer(1_200);
  server.intercept = (received) => {
    if (received.type !== "history") return undefined;
    server.emit({
      type: "history",
      conversationId,
      turns: Array.from({ length: turns }, (_, i) => ({
        turnId: `turn-${i}`,
        text: `Question ${i}?`,
        answer: text,
        status: "complete",
        model: "memory",
        createdAt: "2023-11-14T22:13:20.000Z",
      })),
    });
    return "ignore";
  };
  chat.disconnect();
  await chat.connect();
  while (chat.messages.length < turns) await frame();
  for (let i = 0; i < 30; i++) await frame();
}

/** Gives how long each frame took. */
async function stream(pieces: number): Promise<number[]> {
  const text = ordinaryAnswer(pieces * 12);
  answer = async function* () {
    for (let i = 0; i < pieces; i++) {
      yield text.slice(i * 12, (i + 1) * 12);
      await frame();
    }
  };
  const end = ended();
  await chat.send("One more?");
  const frames: number[] = [];
  let last = await frame();
  let done = false;
  void end.then(() => (done = true));
  while (!done) {
    const now = await frame();
    frames.push(now - last);
    last = now;
  }
  return frames;
}

Object.assign(window, { fill, stream });
