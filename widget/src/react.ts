/** `<bedrock-chat>` as a React component: typed properties, and its events as `onChatSend` and so on. */
import { createComponent, type EventName } from "@lit/react";
import * as React from "react";
import { BedrockChat as BedrockChatElement } from "./elements/bedrock-chat.ts";
import type { ChatEventMap } from "./events.ts";

/** Two types are the same only if no generic function can tell them apart; `readonly` counts here, unlike elsewhere. */
type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2
    ? true
    : false;

/** The properties of the element that a page may set: neither methods nor what is read-only. */
type Settable = {
  [K in Exclude<keyof BedrockChatElement, keyof HTMLElement>]: Same<
    Pick<BedrockChatElement, K>,
    Readonly<Pick<BedrockChatElement, K>>
  > extends true
    ? never
    : BedrockChatElement[K] extends (...args: never[]) => unknown
      ? never
      : K;
}[Exclude<keyof BedrockChatElement, keyof HTMLElement>];

type PascalCase<T extends string> = T extends `${infer Head}-${infer Tail}`
  ? `${Capitalize<Head>}${PascalCase<Tail>}`
  : Capitalize<T>;

/** `onChatSend` for `chat-send`. */
type ChatEventProps = {
  [K in keyof ChatEventMap as `on${PascalCase<K>}`]?: (
    event: ChatEventMap[K],
  ) => void;
};

/** What `<BedrockChat>` takes: the settings of the element, its events, and what any HTML element takes. */
export type BedrockChatProps = Partial<Pick<BedrockChatElement, Settable>> &
  ChatEventProps &
  Omit<
    React.HTMLAttributes<BedrockChatElement>,
    keyof ChatEventProps | Settable
  > &
  React.RefAttributes<BedrockChatElement>;

/** `onchat-send` for `chat-send`: what React 19 takes for a listener of a custom element. */
type ElementEventProps = {
  [K in keyof ChatEventMap as `on${K}`]?: (event: ChatEventMap[K]) => void;
};

/** What `<bedrock-chat>` itself takes in the JSX of React 19, which sets its properties and listens to its events. */
export type BedrockChatElementProps = Partial<
  Pick<BedrockChatElement, Settable>
> &
  ElementEventProps &
  Omit<React.HTMLAttributes<BedrockChatElement>, Settable> &
  React.RefAttributes<BedrockChatElement>;

declare module "react" {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- React's types have it so.
  namespace JSX {
    interface IntrinsicElements {
      "bedrock-chat": BedrockChatElementProps;
    }
  }
}

const event = <K extends keyof ChatEventMap>(
  name: K,
): EventName<ChatEventMap[K]> => name as unknown as EventName<ChatEventMap[K]>;

BedrockChatElement.define();

/**
 * The chat for React 18 and later. A server renders the bare tag; the settings follow on the client. `ref` gives the
 * element with its methods.
 */
export const BedrockChat: React.FunctionComponent<BedrockChatProps> =
  createComponent({
    react: React,
    tagName: "bedrock-chat",
    elementClass: BedrockChatElement,
    displayName: "BedrockChat",
    events: {
      onChatReady: event("chat-ready"),
      onChatShow: event("chat-show"),
      onChatHide: event("chat-hide"),
      onChatBeforeSend: event("chat-before-send"),
      onChatSend: event("chat-send"),
      onChatResponseStart: event("chat-response-start"),
      onChatResponseDelta: event("chat-response-delta"),
      onChatResponseEnd: event("chat-response-end"),
      onChatStop: event("chat-stop"),
      onChatError: event("chat-error"),
      onChatConnection: event("chat-connection"),
      onChatFeedback: event("chat-feedback"),
      onChatToolCall: event("chat-tool-call"),
      onChatUnread: event("chat-unread"),
      onChatConversationChange: event("chat-conversation-change"),
    } satisfies { [K in keyof ChatEventProps]-?: EventName },
  });
