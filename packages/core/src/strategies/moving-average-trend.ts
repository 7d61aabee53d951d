import { z } from "zod";
import { isAverageAbove } from "../strategy/indicators.ts";
import { ticker } from "../strategy/parameters.ts";
import { positionReport } from "../strategy/position-report.ts";
import { defineStrategy } from "../strategy/strategy.ts";

export const movingAverageTrend = defineStrategy({
  name: "MovingAverageTrend",
  version: "1.0.0",
  family: "technical",
  description:
    "Holds one ticker while its close is above the average of its last window closes, the current close included, and " +
    "cash otherwise.",
  source:
    "W. Brock, J. Lakonishok, B. LeBaron, Simple Technical Trading Rules and the Stochastic Properties of Stock Returns, Journal of Finance 47 (5), 1992",
  link: "https://doi.org/10.1111/j.1540-6261.1992.tb04681.x",
  parameters: z.object({
    window: z.int().min(2).max(2520).default(200).meta({ description: "Days of the average." }),
    symbol: ticker().default("SPY").meta({ description: "Ticker to trade." }),
  }),
  schedule: "daily",
  defaultFill: "next_close",
  universe: ({ symbol }) => [symbol],
  history: ({ window }) => ({ days: window }),

  decide({ runningSums }, { symbol, window }) {
    return isAverageAbove(runningSums(symbol), 1, window)
      ? { weights: { [symbol]: 1 }, mode: "long", because: `the close is above SMA(${window})` }
      : { weights: {}, mode: "cash", because: `the close is not above SMA(${window})` };
  },

  report: (run, { symbol }) => positionReport(run, symbol),
});
