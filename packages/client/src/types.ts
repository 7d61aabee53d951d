import type { AppRouter } from "@strategy-executor/server/router";
import type { TRPCClient } from "@trpc/client";
import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";

/** The typed procedures of the service. */
export type Procedures = TRPCClient<AppRouter>;

/** The input of each procedure. */
export type Inputs = inferRouterInputs<AppRouter>;

/** The output of each procedure. */
export type Outputs = inferRouterOutputs<AppRouter>;

export interface CallOptions {
  /** Cancels the call. */
  readonly signal?: AbortSignal;
}
