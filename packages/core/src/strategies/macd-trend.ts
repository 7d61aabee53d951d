import { z } from "zod";
import { movingAverageConvergence } from "../strategy/indicators/macd.ts";
import { isBelow } from "../strategy/indicators/moving-average.ts";
import { ticker } from "../strategy/parameters.ts";
import { positionReport } from "../strategy/position-report.ts";
import { defineStrategy } from "../strategy/strategy.ts";

export const macdTrend = defineStrategy({
  name: "MacdTrend",
  version: "1.0.0",
  family: "technical",
  description: "Holds one ticker while its MACD line is above its signal line, and cash otherwise.",
  source: "G. Appel, Technical Analysis: Power Tools for Active Investors, 2005",
  link: "https://en.wikipedia.org/wiki/MACD",
  parameters: z
    .object({
      fast: z.int().min(1).max(2520).default(12).meta({ description: "Days of the fast average. Less than slow." }),
      slow: z.int().min(2).max(2520).default(26).meta({ description: "Days of the slow average." }),
      signal: z
        .int()
        .min(1)
        .max(2520)
        .default(9)
        .meta({ description: "Days of the average that makes the signal line." }),
      symbol: ticker().default("SPY").meta({ description: "Ticker to trade." }),
    })
    .refine(({ fast, slow }) => fast < slow, { path: ["fast"], message: "Must be less than slow" }),
  schedule: "daily",
  defaultFill: "next_close",
  universe: ({ symbol }) => [symbol],
  history: ({ slow, signal }) => ({ days: slow + signal - 1 }),

  decide({ follow, closes }, { symbol, fast, slow, signal: days }) {
    const { macd, signal } = follow(symbol, movingAverageConvergence(fast, slow, days));
    return isBelow(signal, macd, closes(symbol).at(-1)!)
      ? { weights: { [symbol]: 1 }, mode: "long", because: "MACD is above its signal line" }
      : { weights: {}, mode: "cash", because: "MACD is not above its signal line" };
  },

  report: (run, { symbol }) => positionReport(run, symbol),
});
