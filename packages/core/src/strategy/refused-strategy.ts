import type { z } from "zod";
import { defineStrategy, type GivenParameters, type Strategy, type StrategyDefinition, textOf } from "./strategy.ts";

const brand: unique symbol = Symbol.for("@strategy-executor/core/refused-strategy");

/** Stands in for a strategy with an invalid definition. */
export interface RefusedStrategy {
  readonly [brand]: true;
  readonly reason: string;
}

/**
 * The `defineStrategy` of users' files: an invalid definition returns a value with the reason instead of throwing, so that the other
 * strategies of the file are loaded.
 */
export function defineOrRefuse<Own extends z.ZodObject, State = undefined>(
  definition: StrategyDefinition<Own, State>,
): Strategy<GivenParameters<Own>> {
  try {
    return defineStrategy(definition);
  } catch (error) {
    const refused: RefusedStrategy = { [brand]: true, reason: error instanceof Error ? String(error) : textOf(error) };
    return refused as unknown as Strategy<GivenParameters<Own>>;
  }
}

/** Whether a value stands in for a strategy with an invalid definition. */
export function isRefusedStrategy(value: unknown): value is RefusedStrategy {
  return typeof value === "object" && value !== null && Object.hasOwn(value, brand);
}
