import { z } from "zod";
import { isAverageAbove } from "../strategy/indicators.ts";
import { defineStrategy, type Fill, type Run } from "../strategy/strategy.ts";

export const movingAverageCrossover = defineStrategy({
  name: "MovingAverageCrossover",
  version: "1.0.0",
  description:
    "Holds one ticker while the average of its last short_window closes is above that of its last long_window closes, and cash otherwise.",
  source:
    "W. Brock, J. Lakonishok, B. LeBaron, Simple Technical Trading Rules and the Stochastic Properties of Stock Returns, Journal of Finance 47 (5), 1992",
  parameters: z
    .object({
      short_window: z
        .int()
        .positive()
        .default(20)
        .meta({ description: "Days of the short average. Less than long_window." }),
      long_window: z.int().positive().default(50).meta({ description: "Days of the long average." }),
      symbol: z
        .string()
        .regex(/^\S{1,32}$/u, "Expected a ticker")
        .default("SPY")
        .meta({ description: "Ticker to trade." }),
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

  report: (run, { symbol }) => ({ position: positionOf(run, symbol), trades: tradesOf(run.fills) }),
});

function positionOf({ decisions, holdings, cash, fills }: Run, symbol: string) {
  const { mode, because, decidedOn, filledOn } = decisions.at(-1)!;
  const held = holdings[0];
  return {
    symbol,
    state: held ? "long" : "cash",
    quantity: held?.quantity ?? 0,
    price: held?.price ?? null,
    value: held?.value ?? 0,
    cash,
    since: fills.at(-1)?.filledOn ?? null,
    signal: mode,
    because,
    decided_on: decidedOn,
    filled_on: filledOn,
  };
}

/** Every purchase with the sale that ended it, oldest first. The last one may still be open. */
function tradesOf(fills: readonly Fill[]) {
  return fills.flatMap((entry, index) => {
    const { quantity, price } = entry.orders[0]!;
    if (quantity < 0) return [];
    const exit = fills[index + 1];
    return {
      signal: entry.decidedOn,
      entry: entry.filledOn,
      entry_price: price,
      quantity,
      exit_signal: exit?.decidedOn ?? null,
      exit: exit?.filledOn ?? null,
      exit_price: exit?.orders[0]!.price ?? null,
      return: exit ? (exit.value - exit.cost) / entry.value - 1 : null,
    };
  });
}
