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
/** Of PostgreSQL: connection exceptions, too many connections, and a server that stops or starts. */
const states = /^(08...|53300|57P0.)$/;

/** What an error says, without the parameters of the query that failed, which are the client's. */
export function reasonOf(error: unknown): string {
  return error instanceof Error && "query" in error && error.cause !== undefined
    ? reasonOf(error.cause)
    : String(error);
}

/** Whether an error says that the database cannot be reached now, rather than that something was wrong with the request. */
export function isUnavailable(error: unknown): boolean {
  // "aborted" is Node's word for a client that went away in the middle of its request, with the code of a reset connection.
  if (!(error instanceof Error) || error.message === "aborted") return false;
  if (error instanceof AggregateError && error.errors.some(isUnavailable)) return true;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  // pg, which the queue uses, gives this one no code.
  const isTerminated = error.message.startsWith("Connection terminated");
  return codes.has(code) || states.test(code) || isTerminated || isUnavailable(error.cause);
}
