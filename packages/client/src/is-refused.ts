import type { AppRouter } from "@strategy-executor/server/router";
import { TRPCClientError } from "@trpc/client";

/** The error of a request that the service refused: `data.code` says why, `data.fields` names the fields at fault. */
export interface Refused extends TRPCClientError<AppRouter> {
  readonly data: NonNullable<TRPCClientError<AppRouter>["data"]>;
}

/** Whether a call failed because of what it asked for, and not because the service failed or could not be reached. */
export function isRefused(error: unknown): error is Refused {
  return error instanceof TRPCClientError && error.data?.httpStatus < 500;
}
