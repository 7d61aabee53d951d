import { z } from "zod";
import { highestBefore, lowestBefore } from "../strategy/indicators/channels.ts";
import { ticker } from "../strategy/parameters.ts";
import { positionReport } from "../strategy/position-report.ts";
import { defineStrategy } from "../strategy/strategy.ts";

/** The two systems of the Turtles. */
const variants = { S1: { entry: 20, exit: 10 }, S2: { entry: 55, exit: 20 } } as const;
type Variant = keyof typeof variants;
const variantNames = Object.keys(variants) as Variant[];

interface Given {
  readonly variant: Variant;
  readonly entry_days?: number | undefined;
  readonly exit_days?: number | undefined;
}
const windowsOf = ({ variant, entry_days: entry, exit_days: exit }: Given) => ({
  entry: entry ?? variants[variant].entry,
  exit: exit ?? variants[variant].exit,
});

export const donchianBreakout = defineStrategy({
  name: "DonchianBreakout",
  version: "1.0.0",
  family: "technical",
  description:
    "Buys a ticker that closes above the highest price of the previous days, and sells it when it closes below the lowest " +
    "price of fewer previous days. This is the Turtles' channel for one unit, long only: no intraday stop entries, no " +
    "stop of 2N, no pyramid and no skip rule.",
  source: "R. Donchian's channel as in C. Faith, The Original Turtle Rules, 2003",
  link: "http://turtletradersystem.blogspot.com/2009/01/original-turtle-trading-rules-chapter-4.html",
  variants: variantNames,
  parameters: z.object({
    variant: z.enum(variantNames).default("S1").meta({ description: "The shorter or the longer system." }),
    entry_days: z
      .int()
      .min(1)
      .max(2520)
      .optional()
      .meta({ description: "Days of the channel whose break buys; those of the variant when absent." }),
    exit_days: z
      .int()
      .min(1)
      .max(2520)
      .optional()
      .meta({ description: "Days of the channel whose break sells; those of the variant when absent." }),
    bars: z
      .enum(["close", "high_low"])
      .default("close")
      .meta({ description: "Whether the channel is of closes, or of highs and lows. Signal and trade are at closes." }),
    symbol: ticker().default("SPY").meta({ description: "Ticker to trade." }),
  }),
  schedule: "daily",
  defaultFill: "next_close",
  universe: ({ symbol }) => [symbol],
  history({ bars, ...given }) {
    const { entry, exit } = windowsOf(given);
    return { days: Math.max(entry, exit) + 1, bars: bars === "high_low" ? ["high", "low"] : [] };
  },

  initial: () => ({ isLong: false }),
  decide(view, { symbol, bars, ...given }, { isLong }) {
    const { entry, exit } = windowsOf(given);
    const closes = view.closes(symbol);
    const close = closes.at(-1)!;
    const { high, low } = bars === "high_low" ? view.bars(symbol) : { high: closes, low: closes };

    return (isLong ? !(close < lowestBefore(low, exit)) : close > highestBefore(high, entry))
      ? { weights: { [symbol]: 1 }, mode: "long", state: { isLong: true }, because: `broke out of ${entry} days` }
      : {
          weights: {},
          mode: "cash",
          state: { isLong: false },
          because: isLong ? `fell out of ${exit} days` : "no breakout",
        };
  },

  report: (run, { symbol }) => positionReport(run, symbol),
});
