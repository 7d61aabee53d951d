import { type Logger, pino } from "pino";
import pretty from "pino-pretty";

export type { Logger };

/** One JSON object a line; easier on the eye when a person watches. */
export function createLog(level: string): Logger {
  const options = { level, base: null, serializers: { err: toLogged } };
  if (process.stdout.isTTY) return pino(options, pretty({ colorize: true, sync: true }));
  return pino(
    options,
    pino.destination({ dest: process.stdout.fd, sync: false, minLength: gatheredBytes, periodicFlush: gatheredMs }),
  );
}

/** Lines are written together: one write for each would cost a busy process more than what it tells of. An orderly end writes the rest. */
const [gatheredBytes, gatheredMs] = [4_096, 50] as const;

/** Of a query that failed not its parameters: they are the client's, and may be secret. */
function toLogged(error: unknown): unknown {
  if (error instanceof Error && "query" in error && error.cause instanceof Error) {
    return { ...pino.stdSerializers.err(error.cause), query: error.query };
  }
  return error instanceof Error ? pino.stdSerializers.err(error) : error;
}
