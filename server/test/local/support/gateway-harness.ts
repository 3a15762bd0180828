import { createServer } from "node:http";
import type { IncomingMessage } from "node:http";
import { once } from "node:events";
import { WebSocket } from "ws";
import type { ClientOptions } from "ws";
import type { ApiDefinition } from "../../../local/gateway/definition.ts";
import { Gateway } from "../../../local/gateway/gateway.ts";
import type { GatewayOptions } from "../../../local/gateway/gateway.ts";
import { listen } from "../../../local/http.ts";

/** An event as a function gets it. */
export interface GatewayEvent {
  readonly headers?: Record<string, string>;
  readonly multiValueHeaders?: Record<string, string[]>;
  readonly queryStringParameters?: Record<string, string>;
  readonly multiValueQueryStringParameters?: Record<string, string[]>;
  readonly body?: string;
  readonly isBase64Encoded: boolean;
  readonly requestContext: {
    readonly eventType: "CONNECT" | "MESSAGE" | "DISCONNECT";
    readonly routeKey: string;
    readonly connectionId: string;
    readonly requestId: string;
    readonly messageId?: string;
    readonly disconnectStatusCode?: number;
    readonly disconnectReason?: string;
    readonly [key: string]: unknown;
  };
}

/** Plays the Lambda functions of an API: gets the parsed event, and what it returns or throws is the function's result. */
export type Play = (event: GatewayEvent, functionName: string) => unknown;

export const API: ApiDefinition = {
  apiId: "abc123",
  stages: ["prod", "beta"],
  routeSelectionExpression: "$request.body.type",
  routes: {
    $connect: { integration: { type: "AWS_PROXY", functionName: "router" } },
    $disconnect: { integration: { type: "AWS_PROXY", functionName: "router" } },
    $default: { integration: { type: "AWS_PROXY", functionName: "router" } },
  },
};

/** A gateway on a free port around a function that the test plays, and real clients of it. */
export class GatewayHarness implements AsyncDisposable {
  readonly events: GatewayEvent[] = [];
  readonly gateway: Gateway;
  readonly port: number;
  readonly #close: () => Promise<void>;
  #waiting: (() => void)[] = [];

  private constructor(
    gateway: Gateway,
    events: GatewayEvent[],
    port: number,
    close: () => Promise<void>,
  ) {
    this.gateway = gateway;
    this.events = events;
    this.port = port;
    this.#close = close;
  }

  static async start(
    play: Play = () => ({ statusCode: 200 }),
    options: Partial<GatewayOptions> = {},
  ): Promise<GatewayHarness> {
    const events: GatewayEvent[] = [];
    const ref: { harness?: GatewayHarness } = {};
    const gateway = new Gateway({
      api: API,
      ...options,
      invoke: async (name, payload) => {
        const event = JSON.parse(payload) as GatewayEvent;
        events.push(event);
        ref.harness?.wake();
        return JSON.stringify((await play(event, name)) ?? null);
      },
    });
    const server = createServer((request, response) => {
      void gateway.handleRequest(request, response);
    });
    server.on("upgrade", (request, stream, head) => {
      void gateway.handleUpgrade(request, stream, head);
    });
    const listening = await listen(server);
    ref.harness = new GatewayHarness(
      gateway,
      events,
      listening.port,
      async () => {
        gateway.close();
        await listening.close();
      },
    );
    return ref.harness;
  }

  /** Resolves with the first event, past or future, that matches. */
  async event(
    matches: (event: GatewayEvent) => boolean,
  ): Promise<GatewayEvent> {
    for (;;) {
      const found = this.events.find(matches);
      if (found) return found;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  disconnected(connectionId?: string): Promise<GatewayEvent> {
    return this.event(
      ({ requestContext: { eventType, connectionId: id } }) =>
        eventType === "DISCONNECT" && (connectionId ?? id) === id,
    );
  }

  wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  client(
    path = "/prod",
    protocols: string[] = [],
    options: ClientOptions = {},
  ): TestClient {
    return new TestClient(
      new WebSocket(`ws://127.0.0.1:${this.port}${path}`, protocols, options),
    );
  }

  /** An open client, and the id that the gateway gave its connection. */
  async open(path?: string): Promise<{ client: TestClient; id: string }> {
    const before = new Set(this.gateway.connectionIds);
    const client = this.client(path);
    await client.opened;
    const id = this.gateway.connectionIds.find((one) => !before.has(one))!;
    return { client, id };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }
}

/** A `ws` client that keeps what it received. */
export class TestClient {
  readonly socket: WebSocket;
  readonly frames: string[] = [];
  readonly opened: Promise<unknown>;
  readonly closed: Promise<{ code: number; reason: string }>;
  #waiting: (() => void)[] = [];

  constructor(socket: WebSocket) {
    this.socket = socket;
    this.opened = once(socket, "open");
    // A refused handshake is looked at by `refusal`.
    this.opened.catch(() => undefined);
    this.closed = new Promise((resolve) => {
      socket.on("close", (code, reason) =>
        resolve({ code, reason: reason.toString() }),
      );
    });
    socket.on("error", () => undefined);
    socket.on("message", (data, isBinary) => {
      if (isBinary) throw new Error("The gateway sent a binary frame.");
      this.frames.push((data as Buffer).toString());
      for (const resolve of this.#waiting.splice(0)) resolve();
    });
  }

  /** The frame with this index, now or later. */
  async frame(index: number): Promise<string> {
    while (this.frames.length <= index) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    return this.frames[index]!;
  }

  /** The HTTP response of a handshake that failed. */
  async refusal(): Promise<{
    status: number;
    headers: Record<string, string | string[] | undefined>;
    body: string;
  }> {
    const [, response] = (await once(this.socket, "unexpected-response")) as [
      unknown,
      IncomingMessage,
    ];
    let body = "";
    for await (const chunk of response) body += String(chunk);
    return { status: response.statusCode!, headers: response.headers, body };
  }
}
