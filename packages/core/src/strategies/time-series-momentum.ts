import { z } from "zod";
import { monthsReturn } from "../strategy/indicators.ts";
import { ticker } from "../strategy/parameters.ts";
import { scoresOf } from "../strategy/portfolio/compose.ts";
import { defineStrategy } from "../strategy/strategy.ts";

export const timeSeriesMomentum = defineStrategy({
  name: "TimeSeriesMomentum",
  version: "1.0.0",
  family: "tactical",
  description:
    "Holds one ticker while it beats T-bills over a year, and T-bills otherwise. The paper's scaling by volatility and " +
    "its short positions are left out.",
  source:
    "T. Moskowitz, Y. H. Ooi, L. H. Pedersen, Time Series Momentum, Journal of Financial Economics 104, 2012; long or T-bills as G. Antonacci, Absolute Momentum, 2013, SSRN 2244633",
  link: "https://papers.ssrn.com/sol3/papers.cfm?abstract_id=2244633",
  parameters: z.object({
    symbol: ticker().default("SPY").meta({ description: "Ticker to hold." }),
    bills: ticker().default("BIL").meta({ description: "T-bills: the asset to beat, held otherwise." }),
    months: z.int().min(1).max(60).default(12).meta({ description: "Months to look back." }),
  }),
  schedule: "month-end",
  defaultFill: "same_close",
  universe: ({ symbol, bills }) => [symbol, bills],
  history: ({ months }) => ({ months }),

  decide({ closes }, { symbol, bills, months }) {
    const scores = scoresOf([symbol, bills], (asset) => monthsReturn(closes(asset), months));
    return scores[symbol]! > scores[bills]!
      ? { weights: { [symbol]: 1 }, mode: "long", scores, because: `${symbol} beats ${bills}` }
      : { weights: { [bills]: 1 }, mode: "cash", scores, because: `${symbol} does not beat ${bills}` };
  },
});
