import { z } from "zod";
import { type Weights } from "../strategy/allocation.ts";
import { ticker } from "../strategy/parameters.ts";
import { spread } from "../strategy/portfolio/compose.ts";
import type { Schedule } from "../strategy/schedule.ts";
import { defineStrategy } from "../strategy/strategy.ts";

const schedules = { never: "once", yearly: "year-end", quarterly: "quarter-end", monthly: "month-end" } as const;
type Rebalance = keyof typeof schedules;
const rebalances = Object.keys(schedules) as Rebalance[];

/** The weights, from the parameters where users may choose, and how often they are restored. */
const variants = {
  "60-40": { weights: () => ({ SPY: 0.6, IEF: 0.4 }), rebalance: "monthly" },
  "buy-and-hold": { weights: ({ symbol }) => ({ [symbol]: 1 }), rebalance: "never" },
  permanent: { weights: () => spread(1, ["SPY", "TLT", "GLD", "BIL"]), rebalance: "yearly" },
  "all-weather": {
    weights: () => ({ SPY: 0.3, TLT: 0.4, IEF: 0.15, GLD: 0.075, DBC: 0.075 }),
    rebalance: "yearly",
  },
  "golden-butterfly": { weights: () => spread(1, ["VTI", "IJS", "TLT", "SHY", "GLD"]), rebalance: "yearly" },
  "equal-weight": { weights: ({ assets }) => spread(1, assets), rebalance: "monthly" },
} satisfies Record<string, { weights: (given: Given) => Weights; rebalance: Rebalance }>;
type Variant = keyof typeof variants;
const variantNames = Object.keys(variants) as Variant[];

interface Given {
  readonly symbol: string;
  readonly assets: readonly string[];
}

const scheduleOf = (variant: Variant, rebalance: Rebalance | undefined): Schedule =>
  schedules[rebalance ?? variants[variant].rebalance];

export const staticAllocation = defineStrategy({
  name: "StaticAllocation",
  version: "1.0.0",
  family: "static",
  description:
    "Fixed weights, bought at the first month-end at which every asset has a price, and restored yearly, quarterly, " +
    "monthly or never.",
  source:
    "60-40: the benchmark of Keller's papers. permanent: H. Browne, Fail-Safe Investing, 1999. all-weather: T. Robbins, Money, 2014. golden-butterfly: Tyler, portfoliocharts.com. equal-weight: the buy and hold of M. Faber's GTAA 5, SSRN 962461",
  link: "https://portfoliocharts.com",
  variants: variantNames,
  parameters: z.object({
    variant: z.enum(variantNames).default("60-40").meta({ description: "Published weights." }),
    rebalance: z
      .enum(rebalances)
      .optional()
      .meta({ description: "When the weights are restored. As published for the variant when absent." }),
    symbol: ticker().default("SPY").meta({ description: "Ticker of buy-and-hold." }),
    assets: z
      .array(ticker())
      .min(1)
      .max(100)
      .default(["SPY", "EFA", "IEF", "DBC", "VNQ"])
      .meta({ description: "Assets of equal-weight." }),
  }),
  schedule: ({ variant, rebalance }) => scheduleOf(variant, rebalance),
  defaultFill: "same_close",
  universe: ({ variant, ...given }) => Object.keys(variants[variant].weights(given)),
  history: () => ({ months: 0 }),

  decide: (_view, { variant, rebalance, ...given }) => ({
    weights: variants[variant].weights(given),
    because: `${variant}, ${scheduleOf(variant, rebalance)}`,
  }),
});
