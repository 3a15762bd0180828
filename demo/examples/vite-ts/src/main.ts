import type { ChatSendEvent } from "bedrock-chat-widget";
import "bedrock-chat-widget/define";

const output = document.querySelector("output")!;
const chat = document.createElement("bedrock-chat");
chat.endpoint = "wss://abc123.execute-api.us-east-1.amazonaws.com/prod";
chat.heading = "Ask us";
chat.starters = ["What can you do?"];
chat.addEventListener("chat-send", ({ text }: ChatSendEvent) => {
  if (text !== "") output.value = String(Number(output.value) + 1);
});
document.body.append(chat);
