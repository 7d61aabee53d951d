import { z } from "zod";
import { isBelow, simpleAverage } from "../strategy/indicators/moving-average.ts";
import { relativeStrengthIndex } from "../strategy/indicators/rsi.ts";
import { ticker } from "../strategy/parameters.ts";
import { positionReport } from "../strategy/position-report.ts";
import { defineStrategy } from "../strategy/strategy.ts";

export const rsiReversion = defineStrategy({
  name: "RsiReversion",
  version: "1.0.0",
  family: "technical",
  description:
    "Buys a ticker that is above its long average when its short RSI is low, and sells it when it closes above its short " +
    "average.",
  source: "L. Connors, C. Alvarez, Short Term Trading Strategies That Work, 2008, chapter 9",
  parameters: z.object({
    rsi_window: z.int().min(1).max(2520).default(2).meta({ description: "Days of the RSI." }),
    entry_below: z.number().min(0).max(100).default(5).meta({ description: "Buys when the RSI is below this." }),
    exit_window: z.int().min(1).max(2520).default(5).meta({ description: "Days of the average above which it sells." }),
    trend_window: z
      .int()
      .min(1)
      .max(2520)
      .default(200)
      .meta({ description: "Days of the average above which it may buy." }),
    symbol: ticker().default("SPY").meta({ description: "Ticker to trade." }),
  }),
  schedule: "daily",
  defaultFill: "same_close",
  universe: ({ symbol }) => [symbol],
  history: ({ rsi_window: rsi, exit_window: exit, trend_window: trend }) => ({ days: Math.max(rsi + 1, exit, trend) }),

  initial: () => ({ isLong: false }),
  decide({ closes, follow }, parameters, { isLong }) {
    const { symbol, rsi_window, entry_below, exit_window, trend_window } = parameters;
    const window = closes(symbol);
    const close = window.at(-1)!;
    const rsi = follow(symbol, relativeStrengthIndex(rsi_window));
    const isRising = isBelow(simpleAverage(window, trend_window), close, close);
    const isRecovered = isBelow(simpleAverage(window, exit_window), close, close);

    return (isLong ? !isRecovered : isRising && rsi < entry_below)
      ? {
          weights: { [symbol]: 1 },
          mode: "long",
          state: { isLong: true },
          because: `RSI(${rsi_window}) fell below ${entry_below}`,
        }
      : { weights: {}, mode: "cash", state: { isLong: false }, because: isLong ? "recovered" : "no entry" };
  },

  report: (run, { symbol }) => positionReport(run, symbol),
});
