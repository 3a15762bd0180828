/** What a function's thread and the runtime around it tell each other. */

/** A failed invocation, as it stands in the response of `Invoke`. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

export interface ThreadData {
  readonly entry: string;
  readonly handler: string;
  readonly functionName: string;
  readonly functionArn: string;
  readonly memoryMb: number;
}

export interface ToThread {
  readonly id: number;
  readonly requestId: string;
  readonly payload: string;
  /** Epoch milliseconds at which the function times out. */
  readonly deadline: number;
}

export type FromThread =
  | { readonly type: "ready" }
  | { readonly type: "init-failed"; readonly error: FunctionError }
  | { readonly type: "result"; readonly id: number; readonly payload: string }
  | {
      readonly type: "failed";
      readonly id: number;
      readonly error: FunctionError;
    };
