import { z } from "zod";
import { historyOf, scheduleOf, universeOf } from "../../backtest/decide/needs.ts";
import { barColumns } from "../../market/bars.ts";
import { parametersJsonSchema } from "../../strategy/parameters.ts";
import { schedules } from "../../strategy/schedule.ts";
import { families, type Strategy, StrategyError } from "../../strategy/strategy.ts";

const Schedule = z.enum(schedules);
const Universe = z.array(z.string());
const fraction = (description: string) => z.number().nullable().meta({ description });

export const StrategyFamily = z.enum(families);

const StrategyHistory = z
  .object({
    months: z.int().nullable().meta({ description: "Month-ends before the last one; null for none." }),
    days: z.int().nullable().meta({ description: "Last trading days, the decision's included; null for none." }),
    bars: z.array(z.enum(barColumns)).meta({ description: "Columns of prices that are read besides the close." }),
    series: z
      .record(z.string(), z.int())
      .meta({ description: "Data series that are read, and values needed of each." }),
  })
  .meta({ description: "The data that a decision needs." });

const VariantNeeds = z.object({
  variant: z.string().meta({ description: "Name of the variant." }),
  schedule: Schedule.meta({ description: "When it decides." }),
  universe: Universe.meta({ description: "Tickers that it reads or holds." }),
  history: StrategyHistory,
});

const Published = z.object({
  variant: z.string().nullable().meta({ description: "The variant, for strategies that have variants." }),
  period: z.string().meta({ description: "Period and conditions of the figures." }),
  cagr: fraction("Growth per year."),
  volatility: fraction("Standard deviation of the returns of a year."),
  max_drawdown: fraction("Deepest fall from a peak of month-ends: negative."),
});

/** A strategy as listed in the catalogue. */
export const StrategyDescription = z
  .object({
    name: z.string().meta({ description: "The value for `strategy_name`.", examples: ["BoldAssetAllocation"] }),
    version: z
      .string()
      .meta({ description: "Version of the strategy; it changes when the rules change.", examples: ["1.0.0"] }),
    family: StrategyFamily.meta({
      description: "Family of the strategy; `own` is the default for your own strategies.",
    }),
    description: z.string().meta({ description: "The rules in short." }),
    source: z.string().meta({ description: "The publication of its rules." }),
    link: z.string().nullable().meta({ description: "Web address of the source." }),
    published: z.array(Published).meta({ description: "Figures that the publication reports, as fractions." }),
    variants: z.array(z.string()).meta({ description: "Names of its published variants." }),
    schedule: Schedule.nullable().meta({
      description:
        "When it decides with the default parameters; null if a parameter without a default determines this.",
    }),
    universe: Universe.nullable().meta({
      description:
        "Tickers that it reads or holds with the default parameters; null if a parameter without a default determines them.",
    }),
    history: StrategyHistory.nullable().meta({
      description:
        "The data that a decision needs with the default parameters; null if a parameter without a default determines them.",
    }),
    by_variant: z.array(VariantNeeds).meta({ description: "The same for each variant." }),
    parameters: z
      .record(z.string(), z.unknown())
      .meta({ description: "JSON Schema (draft 2020-12) of the parameters, defaults included." }),
  })
  .meta({ id: "Strategy", description: "A strategy of the catalogue." });
export type StrategyDescription = z.output<typeof StrategyDescription>;

const known = new WeakMap<Strategy, StrategyDescription>();

/** The catalogue's entry of a strategy. Memoized, because a strategy does not change. */
export function toStrategyDescription(strategy: Strategy): StrategyDescription {
  const found = known.get(strategy) ?? describe(strategy);
  known.set(strategy, found);
  return found;
}

function describe(strategy: Strategy): StrategyDescription {
  const { name, version, family, description, source, link, published, variants } = strategy;
  return {
    name,
    version,
    family,
    description,
    source,
    link,
    published: published.map(({ variant = null, period, cagr = null, volatility = null, max_drawdown = null }) => {
      return { variant, period, cagr, volatility, max_drawdown };
    }),
    variants: [...variants],
    ...(needsOf(strategy, {}) ?? { schedule: null, universe: null, history: null }),
    by_variant: variants.flatMap((variant) => {
      const needs = needsOf(strategy, { variant });
      return needs === null ? [] : [{ variant, ...needs }];
    }),
    parameters: { ...parametersJsonSchema(strategy) },
  };
}

/** Null if the default parameters do not suffice, or a user's strategy throws. */
function needsOf(strategy: Strategy, given: object): Omit<z.output<typeof VariantNeeds>, "variant"> | null {
  const parsed = strategy.parameters.safeParse(given);
  if (!parsed.success) return null;
  try {
    const { months = null, days = null, bars = [], series = {} } = historyOf(strategy, parsed.data);
    return {
      schedule: scheduleOf(strategy, parsed.data),
      universe: universeOf(strategy, parsed.data),
      history: { months, days, bars: [...bars], series: { ...series } },
    };
  } catch (error) {
    if (error instanceof StrategyError) return null;
    throw error;
  }
}
