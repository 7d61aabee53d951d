import { ConnectionError } from "@strategy-executor/client";
import { TRPCClientError } from "@trpc/client";
import { CommanderError } from "commander";

/** Exit codes. */
export const exitCodes = { done: 0, refused: 1, usage: 2, notReached: 3, notLetIn: 4, interrupted: 130 } as const;

/** A command line that is wrong whatever the service answers. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The service cannot be reached at the address, or another program answers there. */
export class NotReachedError extends Error {
  override readonly name = "NotReachedError";
}

/** The service refused a request that did not go through the client package. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** An execution that ended without a result. Its outcome is already printed. */
export class EndedBadlyError extends Error {
  override readonly name = "EndedBadlyError";
}

export interface Failure {
  readonly code: number;
  /** One line for the user; null when nothing is left to say. */
  readonly message: string | null;
}

/** The message and the exit code for an error. */
export function toFailure(error: unknown, url: string): Failure {
  // Commander has already printed its message.
  if (error instanceof CommanderError)
    return { code: error.exitCode === 0 ? exitCodes.done : exitCodes.usage, message: null };
  if (error instanceof UsageError) return { code: exitCodes.usage, message: error.message };
  if (error instanceof NotReachedError) return { code: exitCodes.notReached, message: error.message };
  if (error instanceof RefusedError) return { code: codeOf(error.status), message: error.message };
  if (error instanceof TRPCClientError) return fromTrpc(error, url);
  // The time limit of a call, which rejects with its signal's reason.
  if (error instanceof Error && error.name === "TimeoutError")
    return { code: exitCodes.notReached, message: notReached(url, error).message };
  if (error instanceof AggregateError && error.errors.length > 0) return toFailure(error.errors[0], url);
  return { code: exitCodes.refused, message: oneLine(error) };
}

/** Nobody answered. @param error why, as `fetch` throws it */
export function notReached(url: string, error: unknown): NotReachedError {
  const reason = reasonOf(error);
  return new NotReachedError(`No server answers at ${url} (${reason}). Start one with: npm start`);
}

function fromTrpc(error: TRPCClientError<never>, url: string): Failure {
  const data = error.data as { readonly httpStatus?: number } | null | undefined;
  if (data?.httpStatus !== undefined) return { code: codeOf(data.httpStatus), message: oneLine(error) };
  const { message } =
    error instanceof ConnectionError && error.answered
      ? new NotReachedError(`${url} does not answer as the strategy executor does`)
      : notReached(url, error.cause ?? error);
  return { code: exitCodes.notReached, message };
}

function codeOf(status: number): number {
  return status === 401 || status === 403 ? exitCodes.notLetIn : exitCodes.refused;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return "it took too long";
  if ("code" in error && typeof error.code === "string") return error.code;
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  return error.cause === undefined ? error.message : reasonOf(error.cause);
}

/** The reason of a failed query, without its SQL. */
function oneLine(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ("query" in error && error.cause !== undefined) return oneLine(error.cause);
  return error.message.split("\n", 1)[0]!;
}
