import {
  getStrategy,
  listStrategies,
  StrategyDescription,
  StrategyFamily,
  toStrategyDescription,
} from "@strategy-executor/core";
import type { z } from "zod";
import { builder } from "../builder.ts";
import { enumOf } from "../mapping/enum-of.ts";
import { fieldDescriptions } from "../mapping/field-descriptions.ts";
import { argumentsOf } from "../mapping/input-of.ts";
import { toInput } from "../mapping/to-input.ts";
import { BarColumnRef } from "../prices/prices.ts";

const describe = fieldDescriptions(StrategyDescription);

const { published, history, by_variant } = StrategyDescription.shape;
const sayPublished = fieldDescriptions(published.element);
const sayVariant = fieldDescriptions(by_variant.element);
const sayHistory = fieldDescriptions(history.unwrap());

type Description = z.output<typeof StrategyDescription>;

const StrategyFamilyEnum = enumOf("StrategyFamily", StrategyFamily.options, {
  description: "Kinds of strategies; `own` is the default for your own.",
});

const DecisionScheduleEnum = enumOf("DecisionSchedule", by_variant.element.shape.schedule.options, {
  description:
    "When a strategy decides: at every close, at the last close of each week, month, quarter or year, or a single time.",
});

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
    bars: t.expose("bars", { type: [BarColumnRef], ...sayHistory("bars") }),
    series: t.expose("series", { type: "JSON", ...sayHistory("series") }),
  }),
});

const VariantRef = builder.objectRef<Description["by_variant"][number]>("StrategyVariant").implement({
  description: "What a variant of a strategy needs.",
  fields: (t) => ({
    variant: t.exposeString("variant", sayVariant("variant")),
    schedule: t.expose("schedule", { type: DecisionScheduleEnum, ...sayVariant("schedule") }),
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
    schedule: t.expose("schedule", { type: DecisionScheduleEnum, nullable: true, ...describe("schedule") }),
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
    args: argumentsOf(listStrategies.input),
    resolve: async (_root, args, { ctx }) =>
      (await listStrategies.call(ctx, toInput(listStrategies.input, args))).strategies,
  }),
);

builder.queryField("strategy", (t) =>
  t.field({
    type: StrategyRef,
    description: getStrategy.summary,
    errors: {},
    args: argumentsOf(getStrategy.input),
    resolve: (_root, args, { ctx }) => getStrategy.call(ctx, toInput(getStrategy.input, args)),
  }),
);
