import { z } from "zod";
import { topBy } from "../strategy/allocation.ts";
import { monthsReturn } from "../strategy/indicators.ts";
import { ticker } from "../strategy/parameters.ts";
import { scoresOf } from "../strategy/portfolio/compose.ts";
import { defineStrategy } from "../strategy/strategy.ts";

export const globalEquitiesMomentum = defineStrategy({
  name: "GlobalEquitiesMomentum",
  version: "1.0.0",
  family: "tactical",
  description:
    "Dual momentum: while domestic shares beat T-bills over a year it holds the stronger of domestic and international " +
    "shares, and bonds otherwise. Only the domestic market is compared with T-bills, not the stronger one.",
  source: "G. Antonacci, Dual Momentum Investing, 2014",
  link: "https://www.optimalmomentum.com",
  parameters: z.object({
    domestic: ticker().default("SPY").meta({ description: "Shares whose momentum decides between shares and bonds." }),
    international: ticker().default("ACWX").meta({ description: "Shares of the rest of the world." }),
    bonds: ticker().default("AGG").meta({ description: "Bonds, held when shares do not beat T-bills." }),
    bills: ticker().default("BIL").meta({ description: "T-bills: the asset that shares must beat." }),
    months: z.int().min(1).max(60).default(12).meta({ description: "Months to look back." }),
  }),
  schedule: "month-end",
  defaultFill: "same_close",
  universe: ({ domestic, international, bonds, bills }) => [domestic, international, bonds, bills],
  history: ({ months }) => ({ months }),

  decide({ closes }, { domestic, international, bonds, bills, months }) {
    const scores = scoresOf([domestic, international, bills], (asset) => monthsReturn(closes(asset), months));
    if (!(scores[domestic]! > scores[bills]!)) {
      return { weights: { [bonds]: 1 }, mode: "bonds", scores, because: `${domestic} does not beat ${bills}` };
    }
    const [best] = topBy([domestic, international], 1, (asset) => scores[asset]!) as [string];
    return {
      weights: { [best]: 1 },
      mode: "stocks",
      scores,
      because: `${domestic} beats ${bills}, ${best} is stronger`,
    };
  },
});
