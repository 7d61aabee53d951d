import { z } from "zod";
import { query } from "../operation.ts";
import { StrategyDescription, toStrategyDescription } from "./strategy-description.ts";

export const listStrategies = query({
  name: "listStrategies",
  summary: "List the available strategies.",
  scope: "read",
  input: z.strictObject({}),
  output: z.object({ strategies: z.array(StrategyDescription) }).meta({ id: "StrategyList" }),
  async run(ctx) {
    return { strategies: [...ctx.strategies.values()].map(toStrategyDescription) };
  },
});
