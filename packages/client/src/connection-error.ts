import type { AppRouter } from "@strategy-executor/server/router";
import { TRPCClientError, type TRPCLink } from "@trpc/client";
import { observable } from "@trpc/server/observable";

/** Nobody answers at the address of the service, or something else does. The message names the address and the reason. */
export class ConnectionError extends TRPCClientError<AppRouter> {
  /** The base URL of the service. */
  readonly url: string;
  /** Whether something else answers there. */
  readonly answered: boolean;

  constructor(url: string, error: TRPCClientError<AppRouter>) {
    const { cause, meta } = error;
    const status = statusOf(error);
    const answered = status !== undefined || cause instanceof SyntaxError;
    const foreign = `${url} does not answer as the strategy executor does`;
    super(
      answered
        ? `${foreign}${status === undefined ? "" : ` (status ${status})`}`
        : `No service answers at ${url} (${reasonOf(cause ?? error)})`,
      { ...(cause !== undefined && { cause }), ...(meta !== undefined && { meta }) },
    );
    // The class of tRPC makes every error one of its own.
    Object.setPrototypeOf(this, new.target.prototype);
    this.name = "ConnectionError";
    this.url = url;
    this.answered = answered;
  }
}

/** Turns errors without an answer of the service into connection errors. */
export function nameAddress(url: string): TRPCLink<AppRouter> {
  return () =>
    ({ op, next }) =>
      observable((observer) =>
        next(op).subscribe({
          next: (value) => observer.next(value),
          complete: () => observer.complete(),
          error(error) {
            const isOurs = (error.data !== undefined && error.data !== null) || op.signal?.aborted === true;
            observer.error(isOurs ? error : new ConnectionError(url, error));
          },
        }),
      );
}

/** An answer that is not of the service, such as the page of a proxy. */
export class ForeignAnswerError extends Error {
  override readonly name = "ForeignAnswerError";
  readonly response: Response;

  constructor(response: Response) {
    super(`Answered with status ${response.status}`);
    this.response = response;
  }
}

/** The status of the answer, if there was one. */
export function statusOf(error: TRPCClientError<AppRouter>): number | undefined {
  const { data, cause } = error;
  if (data !== undefined && data !== null) return data.httpStatus;
  const status = responseOf(error)?.status ?? (cause as { code?: unknown } | undefined)?.code;
  return typeof status === "number" ? status : undefined;
}

/** The answer that an error is about. */
export function responseOf({ meta, cause }: TRPCClientError<AppRouter>): Response | undefined {
  const response = meta?.["response"] as Response | undefined;
  return response ?? (cause instanceof ForeignAnswerError ? cause.response : undefined);
}

/** The reason in a word, where the platform tells it: `fetch` of Node hides it in causes. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ("code" in error && typeof error.code === "string") return error.code;
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  return error.cause === undefined ? error.message : reasonOf(error.cause);
}
