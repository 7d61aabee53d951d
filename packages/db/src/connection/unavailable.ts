const codes = new Set([
  "EAI_AGAIN",
  "ECONNABORTED",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTDOWN",
  "EHOSTUNREACH",
  "ENETDOWN",
  "ENETUNREACH",
  "ENOTFOUND",
  "EPIPE",
  "ETIMEDOUT",
  "CONNECTION_CLOSED",
  "CONNECTION_DESTROYED",
  "CONNECTION_ENDED",
  "CONNECT_TIMEOUT",
]);
/**
 * SQLSTATEs of PostgreSQL: connection exceptions, a transaction ended because its process paused, a server that is read-only
 * after a failover, without resources, or slower than the time limits, that stops or starts, or cannot read its disk.
 */
const states = /^(08...|25006|25P03|53...|55P03|57014|57P0.|58030)$/;
/** pg, the driver of the queue, gives these errors no code. */
const messages = /^(Connection terminated|Query read timeout|timeout exceeded when trying to connect)/;

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
  return (
    codes.has(code) ||
    states.test(code) ||
    code.startsWith("ERR_SSL_") ||
    messages.test(error.message) ||
    isUnavailable(error.cause)
  );
}

/** Whether a statement was given up because it waited too long for a lock: PostgreSQL has written nothing of it. */
export function isLockTimeout(error: unknown): boolean {
  return sqlStateOf(error) === "55P03";
}

/** SQLSTATE of an error, or of what caused it; undefined when PostgreSQL did not report it. */
export function sqlStateOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  return "code" in error && typeof error.code === "string" ? error.code : sqlStateOf(error.cause);
}
