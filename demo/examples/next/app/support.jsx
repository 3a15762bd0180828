"use client";

import { BedrockChat } from "bedrock-chat-widget/react";
import { useState } from "react";

const starters = ["What can you do?"];

export function Support() {
  const [asked, setAsked] = useState(0);
  return (
    <>
      <p>
        Questions asked: <output>{asked}</output>
      </p>
      <BedrockChat
        endpoint="wss://abc123.execute-api.us-east-1.amazonaws.com/prod"
        heading="Ask us"
        starters={starters}
        onChatSend={() => setAsked((count) => count + 1)}
      />
    </>
  );
}
