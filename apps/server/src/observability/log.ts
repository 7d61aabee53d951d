import { type DestinationStream, type Logger, pino } from "pino";
import pretty from "pino-pretty";
import { terminalLines } from "./terminal-line.ts";

export type { Logger };

/** Logs to stdout: a JSON object per line, or a line that a person can read when stdout is a terminal. Or to another place. */
export function createLog(level: string, destination?: DestinationStream): Logger {
  const options = { level, base: null, serializers: { err: toLogged } };
  if (destination !== undefined) return pino(options, destination);
  if (process.stdout.isTTY) return pino(options, pretty(terminalLines));
  return pino(
    options,
    pino.destination({ dest: process.stdout.fd, sync: false, minLength: batchBytes, periodicFlush: batchMs }),
  );
}

/** Lines are written in batches, because a write for each would slow a busy process. An orderly shutdown flushes the last batch. */
const [batchBytes, batchMs] = [4_096, 50] as const;

/** Leaves out the parameters of a failed query: they belong to the client and may be secret. */
function toLogged(error: unknown): unknown {
  if (error instanceof Error && "query" in error && error.cause instanceof Error) {
    return { ...pino.stdSerializers.err(error.cause), query: error.query };
  }
  return error instanceof Error ? pino.stdSerializers.err(error) : error;
}
