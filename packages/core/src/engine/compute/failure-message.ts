import { StrategyError, textOf } from "../../strategy/strategy.ts";

/** What a client is told of what a strategy threw, whatever that is. */
export function failureMessage(error: unknown): string {
  if (error instanceof StrategyError) return error.message;
  return `The strategy failed: ${error instanceof Error ? `${error.name}: ` : ""}${textOf(error)}`;
}
