import { z } from "zod";
import { query } from "../operation.ts";
import { findStrategy } from "./find-strategy.ts";
import { StrategyDescription, toStrategyDescription } from "./strategy-description.ts";

export const getStrategy = query({
  name: "getStrategy",
  summary: "Describe a strategy and its parameters.",
  scope: "read",
  input: z.strictObject({
    name: z.string().meta({ description: "Name of the strategy.", examples: ["BoldAssetAllocation"] }),
  }),
  output: StrategyDescription,
  async run(ctx, { name }) {
    return toStrategyDescription(findStrategy(ctx.strategies, name));
  },
});
