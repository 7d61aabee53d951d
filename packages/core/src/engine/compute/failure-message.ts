import { StrategyError, textOf } from "../../strategy/strategy.ts";

/** The message for a client about any value that a strategy threw. */
export function failureMessage(error: unknown): string {
  if (error instanceof StrategyError) return error.message;
  return `The strategy failed: ${error instanceof Error ? `${error.name}: ` : ""}${textOf(error)}`;
}
