import { z } from "zod";
import { parametersJsonSchema } from "../../strategy/parameters.ts";
import type { Strategy } from "../../strategy/strategy.ts";

/** A strategy of the catalogue. */
export const StrategyDescription = z
  .object({
    name: z.string().meta({ description: "The value for `strategy_name`.", examples: ["BoldAssetAllocation"] }),
    version: z.string().meta({ description: "Changes with the rules.", examples: ["1.0.0"] }),
    description: z.string().meta({ description: "What it does." }),
    source: z.string().meta({ description: "Where its rules were published." }),
    variants: z.array(z.string()).meta({ description: "Names of its published variants." }),
    parameters: z
      .record(z.string(), z.unknown())
      .meta({ description: "JSON Schema (draft 2020-12) of the parameters, defaults included." }),
  })
  .meta({ id: "Strategy", description: "A strategy of the catalogue." });

export function toStrategyDescription(strategy: Strategy): z.output<typeof StrategyDescription> {
  const { name, version, description, source, variants } = strategy;
  return {
    name,
    version,
    description,
    source,
    variants: [...variants],
    parameters: { ...parametersJsonSchema(strategy) },
  };
}
