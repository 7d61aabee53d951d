const codes = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ENOTFOUND",
  "ETIMEDOUT",
  "CONNECTION_CLOSED",
  "CONNECTION_DESTROYED",
  "CONNECTION_ENDED",
  "CONNECT_TIMEOUT",
]);
/** SQLSTATEs of PostgreSQL: connection exceptions, too many connections, a server that stops or starts. */
const states = /^(08...|53300|57P0.)$/;

/** Text of an error without the parameters of the failed query, which may hold a client's data. */
export function reasonOf(error: unknown): string {
  return error instanceof Error && "query" in error && error.cause !== undefined
    ? reasonOf(error.cause)
    : String(error);
}

/** Whether an error means that the database is unreachable, rather than that the request was wrong. */
export function isUnavailable(error: unknown): boolean {
  // Node reports a client that disconnects during its request as "aborted", with the code of a reset connection.
  if (!(error instanceof Error) || error.message === "aborted") return false;
  if (error instanceof AggregateError && error.errors.some(isUnavailable)) return true;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  // pg, the driver of the queue, gives this error no code.
  const isTerminated = error.message.startsWith("Connection terminated");
  return codes.has(code) || states.test(code) || isTerminated || isUnavailable(error.cause);
}
