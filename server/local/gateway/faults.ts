/** A request to `@connections`, as a fault sees it. */
export interface ManagementRequest {
  readonly method: "POST" | "GET" | "DELETE";
  readonly connectionId: string;
  /** Text of a POST. */
  readonly data?: string;
}

/** An answer in place of the gateway's own. */
export interface ManagementFault {
  /** 403, 410, 429, or any other status for an error without a name. */
  readonly status: number;
  /** The request takes effect although its answer says that it failed. */
  readonly applied?: boolean;
}

/** What goes wrong on purpose. Every hook may be left out, and set or changed while the gateway runs. */
export interface GatewayFaults {
  /** Awaited before the request is served, in its place in the connection's order: a hook that waits delays it. */
  management?(
    request: ManagementRequest,
  ): ManagementFault | undefined | Promise<ManagementFault | undefined>;
  /** How often an event reaches its function: 0 loses it, 2 delivers it twice. The first result counts. */
  deliveries?(event: {
    readonly type: "CONNECT" | "MESSAGE" | "DISCONNECT";
    readonly connectionId: string;
    readonly body?: string;
  }): number;
}
