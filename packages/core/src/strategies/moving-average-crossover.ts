import { z } from "zod";
import { isAverageAbove } from "../strategy/indicators.ts";
import { ticker } from "../strategy/parameters.ts";
import { positionReport } from "../strategy/position-report.ts";
import { defineStrategy } from "../strategy/strategy.ts";

export const movingAverageCrossover = defineStrategy({
  name: "MovingAverageCrossover",
  version: "1.0.0",
  family: "technical",
  description:
    "Holds one ticker while the average of its last short_window closes is above that of its last long_window closes, and cash otherwise.",
  source:
    "W. Brock, J. Lakonishok, B. LeBaron, Simple Technical Trading Rules and the Stochastic Properties of Stock Returns, Journal of Finance 47 (5), 1992",
  link: "https://doi.org/10.1111/j.1540-6261.1992.tb04681.x",
  parameters: z
    .object({
      short_window: z
        .int()
        .positive()
        .default(20)
        .meta({ description: "Days of the short average. Less than long_window." }),
      long_window: z.int().positive().default(50).meta({ description: "Days of the long average." }),
      symbol: ticker().default("SPY").meta({ description: "Ticker to trade." }),
    })
    .refine(({ short_window: short, long_window: long }) => short < long, {
      path: ["short_window"],
      message: "Must be less than long_window",
    }),
  schedule: "daily",
  defaultFill: "next_close",
  universe: ({ symbol }) => [symbol],
  history: ({ long_window: long }) => ({ days: long }),

  decide({ runningSums }, { symbol, short_window: short, long_window: long }) {
    return isAverageAbove(runningSums(symbol), short, long)
      ? { weights: { [symbol]: 1 }, mode: "long", because: `SMA(${short}) is above SMA(${long})` }
      : { weights: {}, mode: "cash", because: `SMA(${short}) is not above SMA(${long})` };
  },

  report: (run, { symbol }) => positionReport(run, symbol),
});
