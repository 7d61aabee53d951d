import {
  getStrategy,
  listStrategies,
  StrategyDescription,
  StrategyFamily,
  toStrategyDescription,
} from "@strategy-executor/core";
import type { z } from "zod";
import { builder } from "../builder.ts";
import { fieldDescriptions } from "../field-descriptions.ts";
import { toInput } from "../name-mapping.ts";

const describe = fieldDescriptions(StrategyDescription);

const { published, history, by_variant } = StrategyDescription.shape;
const sayPublished = fieldDescriptions(published.element);
const sayVariant = fieldDescriptions(by_variant.element);
const sayHistory = fieldDescriptions(history.unwrap());

type Description = z.output<typeof StrategyDescription>;

const StrategyFamilyEnum = builder.enumType("StrategyFamily", { values: StrategyFamily.options });

const PublishedRef = builder.objectRef<Description["published"][number]>("PublishedFigures").implement({
  description: "Figures that a publication reports of a strategy, as fractions.",
  fields: (t) => ({
    variant: t.exposeString("variant", { nullable: true, ...sayPublished("variant") }),
    period: t.exposeString("period", sayPublished("period")),
    cagr: t.exposeFloat("cagr", { nullable: true, ...sayPublished("cagr") }),
    volatility: t.exposeFloat("volatility", { nullable: true, ...sayPublished("volatility") }),
    maxDrawdown: t.exposeFloat("max_drawdown", { nullable: true, ...sayPublished("max_drawdown") }),
  }),
});

const HistoryRef = builder.objectRef<NonNullable<Description["history"]>>("StrategyHistory").implement({
  description: "The data that a decision needs.",
  fields: (t) => ({
    months: t.exposeInt("months", { nullable: true, ...sayHistory("months") }),
    days: t.exposeInt("days", { nullable: true, ...sayHistory("days") }),
    bars: t.exposeStringList("bars", sayHistory("bars")),
    series: t.expose("series", { type: "JSON", ...sayHistory("series") }),
  }),
});

const VariantRef = builder.objectRef<Description["by_variant"][number]>("StrategyVariant").implement({
  description: "What a variant of a strategy needs.",
  fields: (t) => ({
    variant: t.exposeString("variant", sayVariant("variant")),
    schedule: t.exposeString("schedule", sayVariant("schedule")),
    universe: t.exposeStringList("universe", sayVariant("universe")),
    history: t.expose("history", { type: HistoryRef, ...sayVariant("history") }),
  }),
});

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
    version: t.exposeString("version", describe("version")),
    description: t.exposeString("description", describe("description")),
    family: t.expose("family", { type: StrategyFamilyEnum, ...describe("family") }),
    source: t.exposeString("source", describe("source")),
    link: t.exposeString("link", { nullable: true, ...describe("link") }),
    published: t.expose("published", { type: [PublishedRef], ...describe("published") }),
    schedule: t.exposeString("schedule", { nullable: true, ...describe("schedule") }),
    universe: t.exposeStringList("universe", { nullable: true, ...describe("universe") }),
    history: t.expose("history", { type: HistoryRef, nullable: true, ...describe("history") }),
    byVariant: t.expose("by_variant", { type: [VariantRef], ...describe("by_variant") }),
    variants: t.exposeStringList("variants", describe("variants")),
    parameters: t.expose("parameters", { type: "JSON", ...describe("parameters") }),
  }),
});

builder.queryField("strategies", (t) =>
  t.field({
    type: [StrategyRef],
    description: listStrategies.summary,
    complexity: { field: 1, multiplier: 10 },
    args: { family: t.arg({ type: StrategyFamilyEnum, ...fieldDescriptions(listStrategies.input)("family") }) },
    resolve: async (_root, args, { ctx }) => (await listStrategies.call(ctx, toInput(args))).strategies,
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
