import type { AppRouter } from "@strategy-executor/server/router";
import type { TRPCClient } from "@trpc/client";
import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";

/** The service's procedures, each typed. */
export type Procedures = TRPCClient<AppRouter>;

/** What each procedure takes. */
export type Inputs = inferRouterInputs<AppRouter>;

/** What each procedure answers. */
export type Outputs = inferRouterOutputs<AppRouter>;

export interface CallOptions {
  /** Gives the call up. */
  readonly signal?: AbortSignal;
}
