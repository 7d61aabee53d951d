import { type Logger, pino } from "pino";
import pretty from "pino-pretty";

export type { Logger };

/** One JSON object a line; easier on the eye when a person watches. */
export function createLog(level: string): Logger {
  const options = { level, base: null, serializers: { err: toLogged } };
  return process.stdout.isTTY ? pino(options, pretty({ colorize: true, sync: true })) : pino(options);
}

/** Of a query that failed not its parameters: they are the client's, and may be secret. */
function toLogged(error: unknown): unknown {
  if (error instanceof Error && "query" in error && error.cause instanceof Error) {
    return { ...pino.stdSerializers.err(error.cause), query: error.query };
  }
  return error instanceof Error ? pino.stdSerializers.err(error) : error;
}
