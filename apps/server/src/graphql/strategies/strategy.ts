import { getStrategy, listStrategies, StrategyDescription, toStrategyDescription } from "@strategy-executor/core";
import type { z } from "zod";
import { builder } from "../builder.ts";
import { fieldDescriptions } from "../field-descriptions.ts";

const say = fieldDescriptions(StrategyDescription);

export const StrategyRef = builder.objectRef<z.output<typeof StrategyDescription>>("Strategy");

builder.node(StrategyRef, {
  description: "A strategy of the catalogue.",
  id: { resolve: ({ name }) => name, description: "Global id." },
  loadOne: (name, { ctx }) => {
    const strategy = ctx.strategies.get(name);
    return strategy === undefined ? null : toStrategyDescription(strategy);
  },
  fields: (t) => ({
    name: t.exposeString("name", { description: "The value for `strategyName`." }),
    version: t.exposeString("version", say("version")),
    description: t.exposeString("description", say("description")),
    source: t.exposeString("source", say("source")),
    variants: t.exposeStringList("variants", say("variants")),
    parameters: t.expose("parameters", { type: "JSON", ...say("parameters") }),
  }),
});

builder.queryField("strategies", (t) =>
  t.field({
    type: [StrategyRef],
    description: listStrategies.summary,
    complexity: { field: 1, multiplier: 10 },
    resolve: async (_root, _args, { ctx }) => (await listStrategies.call(ctx, {})).strategies,
  }),
);

builder.queryField("strategy", (t) =>
  t.field({
    type: StrategyRef,
    description: getStrategy.summary,
    errors: {},
    args: { name: t.arg.string({ required: true, ...fieldDescriptions(getStrategy.input)("name") }) },
    resolve: (_root, { name }, { ctx }) => getStrategy.call(ctx, { name }),
  }),
);
