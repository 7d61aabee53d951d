import { z } from "zod";
import { query } from "../operation.ts";
import { StrategyDescription, StrategyFamily, toStrategyDescription } from "./strategy-description.ts";

export const listStrategies = query({
  name: "listStrategies",
  summary: "List the available strategies.",
  scope: "read",
  input: z.strictObject({
    family: StrategyFamily.optional().meta({ description: "Strategies of this family only." }),
  }),
  output: z.object({ strategies: z.array(StrategyDescription) }).meta({ id: "StrategyList" }),
  async run(ctx, { family }) {
    const strategies = [...ctx.strategies.values()].filter((one) => family === undefined || one.family === family);
    return { strategies: strategies.map(toStrategyDescription) };
  },
});
