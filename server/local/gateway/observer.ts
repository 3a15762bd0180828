import type { ConnectionContext } from "./events.ts";

/** Is told what happens, for logs and tests. */
export interface GatewayObserver {
  opened?(context: ConnectionContext): void;
  /** The handshake was answered with an HTTP status. */
  refused?(context: ConnectionContext, status: number): void;
  closed?(context: ConnectionContext, code: number, reason: string): void;
  received?(connectionId: string, text: string): void;
  /** A post, a route response or an error frame of the gateway. */
  sent?(connectionId: string, text: string): void;
}
