import type { AppRouter } from "@strategy-executor/server/router";
import { TRPCClientError } from "@trpc/client";

/** The error of a refused request: `data.code` is the reason, `data.fields` names the invalid fields. */
export interface Refused extends TRPCClientError<AppRouter> {
  readonly data: NonNullable<TRPCClientError<AppRouter>["data"]>;
}

/** Whether the service refused the call, as opposed to a failure or an unreachable service. */
export function isRefused(error: unknown): error is Refused {
  return error instanceof TRPCClientError && error.data?.httpStatus < 500;
}
