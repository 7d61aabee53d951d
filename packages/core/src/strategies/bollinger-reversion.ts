import { z } from "zod";
import { bollingerBands } from "../strategy/indicators/channels.ts";
import { isBelow } from "../strategy/indicators/moving-average.ts";
import { ticker } from "../strategy/parameters.ts";
import { positionReport } from "../strategy/position-report.ts";
import { defineStrategy } from "../strategy/strategy.ts";

export const bollingerReversion = defineStrategy({
  name: "BollingerReversion",
  version: "1.0.0",
  family: "technical",
  description:
    "Buys a ticker that closes below its lower Bollinger band, and sells it when it closes above the middle. The rule is the common one " +
    "of textbooks, not Bollinger's own.",
  source: "The bands: J. Bollinger, Bollinger on Bollinger Bands, 2001",
  link: "https://www.bollingerbands.com",
  parameters: z.object({
    window: z.int().min(2).max(2520).default(20).meta({ description: "Days of the bands." }),
    deviations: z.number().positive().max(10).default(2).meta({ description: "Standard deviations from the middle." }),
    symbol: ticker().default("SPY").meta({ description: "Ticker to trade." }),
  }),
  schedule: "daily",
  defaultFill: "next_close",
  universe: ({ symbol }) => [symbol],
  history: ({ window }) => ({ days: window }),

  initial: () => ({ isLong: false }),
  decide({ closes }, { symbol, window, deviations }, { isLong }) {
    const close = closes(symbol).at(-1)!;
    const { lower, middle } = bollingerBands(closes(symbol), window, deviations);

    return (isLong ? !isBelow(middle, close, close) : isBelow(close, lower, close))
      ? { weights: { [symbol]: 1 }, mode: "long", state: { isLong: true }, because: "fell below the lower band" }
      : { weights: {}, mode: "cash", state: { isLong: false }, because: isLong ? "above the middle" : "no entry" };
  },

  report: (run, { symbol }) => positionReport(run, symbol),
});
