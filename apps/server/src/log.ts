import { type Logger, pino } from "pino";
import pretty from "pino-pretty";

export type { Logger };

/** One JSON object a line; easier on the eye when a person watches. */
export function createLog(level: string): Logger {
  const options = { level, base: null, serializers: { err: pino.stdSerializers.err } };
  return process.stdout.isTTY ? pino(options, pretty({ colorize: true, sync: true })) : pino(options);
}
