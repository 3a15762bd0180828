import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";
import { GatewayConnection } from "./connection.ts";
import type { CutNoticedBy } from "./connection.ts";
import type { ApiDefinition, Integration } from "./definition.ts";
import { checkDefinition, selectRoute } from "./definition.ts";
import { connectEvent, disconnectEvent, messageEvent } from "./events.ts";
import type { ConnectionContext } from "./events.ts";
import type { GatewayFaults } from "./faults.ts";
import { isHandshake, refusalOf, refuseUpgrade } from "./handshake.ts";
import { ConnectionIds, gatewayRequestId, messageId } from "./ids.ts";
import { runIntegration } from "./integration.ts";
import type { IntegrationResult, InvokeFunction } from "./integration.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import type { GatewayLimits } from "./limits.ts";
import { serveManagement } from "./management.ts";
import type { GatewayObserver } from "./observer.ts";

export interface GatewayOptions {
  readonly api: ApiDefinition;
  readonly invoke: InvokeFunction;
  readonly limits?: Partial<GatewayLimits>;
  readonly observer?: GatewayObserver;
  readonly faults?: GatewayFaults;
}

type MessageFailure =
  "Forbidden" | "Internal server error" | "Endpoint request timed out";

/**
 * An API Gateway WebSocket API. It owns no port: hand it the upgrades and the requests of a server whose path begins with
 * one of the API's stages.
 */
export class Gateway {
  /** May be changed while the gateway runs. */
  faults: GatewayFaults;
  readonly #api: ApiDefinition;
  readonly #invoke: InvokeFunction;
  readonly #limits: GatewayLimits;
  readonly #observer: GatewayObserver;
  readonly #ids: ConnectionIds;
  readonly #connections = new Map<string, GatewayConnection>();
  readonly #streams = new Set<Duplex>();
  readonly #server: WebSocketServer;
  #closed = false;

  constructor(options: GatewayOptions) {
    checkDefinition(options.api);
    this.#api = options.api;
    this.#invoke = options.invoke;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#observer = options.observer ?? {};
    this.faults = options.faults ?? {};
    this.#ids = new ConnectionIds(options.api.apiId);
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      maxPayload: this.#limits.messageBytes,
      // The gateway offers no extension, and names a subprotocol only when `$connect` returned it.
      perMessageDeflate: false,
      handleProtocols: () => false,
    });
  }

  /** Ids of the connections that the gateway believes to be open. */
  get connectionIds(): string[] {
    return [...this.#connections.keys()];
  }

  /** Whether a request or an upgrade is for this API. */
  serves(url = "/"): boolean {
    return this.#stageOf(url) !== undefined;
  }

  /** Runs `$connect` and accepts or refuses the client. */
  async handleUpgrade(
    request: IncomingMessage,
    stream: Duplex,
    head: Buffer,
  ): Promise<void> {
    this.#streams.add(stream);
    stream.on("close", () => this.#streams.delete(stream));
    // A client that leaves during `$connect` resets the stream before `ws` has taken it.
    stream.on("error", () => stream.destroy());
    const url = request.url ?? "/";
    const stage = this.#stageOf(url);
    if (url.length > this.#limits.urlLength) {
      refuseUpgrade(stream, 414, "");
      return;
    }
    if (stage === undefined) {
      refuseUpgrade(stream, 403, JSON.stringify({ message: "Forbidden" }));
      return;
    }
    if (!isHandshake(request)) {
      refuseUpgrade(stream, 400, JSON.stringify({ message: "Bad Request" }));
      return;
    }
    const context = this.#contextOf(request, stage);
    const requestId = gatewayRequestId();
    const result = await this.#connect(request, context, requestId);
    if (this.#closed) {
      stream.destroy();
      return;
    }
    if (
      result.outcome === "response" &&
      result.status >= 200 &&
      result.status < 300
    ) {
      this.#accept(request, stream, head, context, result);
      return;
    }
    const { status, body } = refusalOf(result, context.connectionId, requestId);
    this.#observer.refused?.(context, status);
    refuseUpgrade(stream, status, body);
  }

  /** Serves the `@connections` API; everything else under a stage is refused. */
  async handleRequest(
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const path = (request.url ?? "/").split("?", 1)[0]!;
    const [, stage, api, id, ...rest] = path.split("/");
    if (
      this.#api.stages.includes(stage ?? "") &&
      (api === "@connections" || api?.toLowerCase() === "%40connections") &&
      id !== undefined &&
      id !== "" &&
      rest.length === 0
    ) {
      await serveManagement(
        {
          messageBytes: this.#limits.messageBytes,
          faults: this.faults,
          isMinted: (connectionId) => this.#ids.isMinted(connectionId),
          find: (connectionId) => this.#connections.get(connectionId),
          posted: (connection, text) =>
            this.#observer.sent?.(connection.id, text),
        },
        request,
        response,
        id,
      );
      return;
    }
    request.resume();
    response
      .writeHead(403, { "Content-Type": "application/json" })
      .end(JSON.stringify({ message: "Forbidden" }));
  }

  /** Cuts a connection as a network does. Throws when it is not open. */
  cut(connectionId: string, noticedBy: CutNoticedBy = "both"): void {
    const connection = this.#connections.get(connectionId);
    if (!connection) {
      throw new Error(`No open connection has the id ${connectionId}.`);
    }
    connection.cut(noticedBy);
  }

  /** Drops every connection at once. No `$disconnect` runs any more. */
  close(): void {
    this.#closed = true;
    for (const connection of this.#connections.values()) {
      connection.close(1001, "Going away");
    }
    for (const stream of this.#streams) stream.destroy();
    this.#server.close();
  }

  #stageOf(url: string): string | undefined {
    const stage = url.split(/[/?]/, 2)[1];
    return this.#api.stages.find((name) => name === stage);
  }

  #contextOf(request: IncomingMessage, stage: string): ConnectionContext {
    const userAgent = request.headers["user-agent"];
    return {
      connectionId: this.#ids.mint(),
      apiId: this.#api.apiId,
      stage,
      domainName: request.headers.host ?? "localhost",
      connectedAt: Date.now(),
      sourceIp: (request.socket.remoteAddress ?? "").replace(/^::ffff:/, ""),
      ...(userAgent !== undefined && { userAgent }),
    };
  }

  async #connect(
    request: IncomingMessage,
    context: ConnectionContext,
    requestId: string,
  ): Promise<IntegrationResult> {
    const route = this.#api.routes["$connect"];
    if (!route) return { outcome: "response", status: 200, headers: new Map() };
    const at = { requestId, now: Date.now() };
    return this.#run(route.integration, connectEvent(context, at, request), {
      type: "CONNECT",
      connectionId: context.connectionId,
    });
  }

  #accept(
    request: IncomingMessage,
    stream: Duplex,
    head: Buffer,
    context: ConnectionContext,
    result: IntegrationResult & { outcome: "response" },
  ): void {
    const protocol = result.headers.get("sec-websocket-protocol");
    const addHeaders = (headers: string[]) => {
      headers[2] = "Connection: upgrade";
      headers.push(`Date: ${new Date().toUTCString()}`);
      if (protocol !== undefined) {
        headers.push(`Sec-WebSocket-Protocol: ${protocol}`);
      }
    };
    // `ws` emits "headers" within this call.
    this.#server.once("headers", addHeaders);
    this.#server.handleUpgrade(request, stream, head, (socket: WebSocket) => {
      const connection = new GatewayConnection(
        socket,
        stream,
        context,
        this.#limits,
        {
          message: (from, text) => void this.#message(from, text),
          ended: (from, code, reason) => this.#ended(from, code, reason),
        },
      );
      this.#connections.set(connection.id, connection);
      this.#observer.opened?.(context);
    });
    this.#server.off("headers", addHeaders);
  }

  async #message(connection: GatewayConnection, body: string): Promise<void> {
    this.#observer.received?.(connection.id, body);
    const at = { requestId: gatewayRequestId(), now: Date.now() };
    const selected = selectRoute(this.#api, body);
    if (!selected) {
      this.#fail(connection, "Forbidden", at.requestId);
      return;
    }
    const event = messageEvent(connection.context, at, {
      routeKey: selected.key,
      messageId: messageId(connection.id),
      body,
    });
    const result = await this.#run(selected.route.integration, event, {
      type: "MESSAGE",
      connectionId: connection.id,
      body,
    });
    if (result.outcome === "response") {
      if (selected.route.routeResponse && result.body) {
        this.#send(connection, result.body);
      }
    } else if (result.outcome === "timed-out") {
      this.#fail(connection, "Endpoint request timed out", at.requestId);
    } else {
      this.#fail(connection, "Internal server error", at.requestId);
    }
  }

  #ended(connection: GatewayConnection, code: number, reason: string): void {
    const { context } = connection;
    this.#connections.delete(connection.id);
    this.#observer.closed?.(context, code, reason);
    const route = this.#api.routes["$disconnect"];
    if (!route || this.#closed) return;
    const at = { requestId: gatewayRequestId(), now: Date.now() };
    void this.#run(
      route.integration,
      disconnectEvent(context, at, { code, reason }),
      { type: "DISCONNECT", connectionId: connection.id },
    );
  }

  /** Runs an integration as often as the faults say; once without them. */
  async #run(
    integration: Integration,
    event: object,
    delivery: Parameters<NonNullable<GatewayFaults["deliveries"]>>[0],
  ): Promise<IntegrationResult> {
    const times = this.faults.deliveries?.(delivery) ?? 1;
    const results = Array.from({ length: times }, () =>
      runIntegration(integration, event, this.#invoke),
    );
    return (
      results[0] ?? { outcome: "response", status: 200, headers: new Map() }
    );
  }

  /** The gateway's own error frame. Its odd spacing is that of AWS. */
  #fail(
    connection: GatewayConnection,
    message: MessageFailure,
    requestId: string,
  ): void {
    this.#send(
      connection,
      `{"message": "${message}", "connectionId":"${connection.id}", "requestId":"${requestId}"}`,
    );
  }

  #send(connection: GatewayConnection, text: string): void {
    if (connection.send(text) === "sent") {
      this.#observer.sent?.(connection.id, text);
    }
  }
}
