import { z } from "zod";
import { annualVolatility } from "../strategy/indicators/volatility.ts";
import { ticker } from "../strategy/parameters.ts";
import { defineStrategy } from "../strategy/strategy.ts";

export const targetVolatility = defineStrategy({
  name: "TargetVolatility",
  version: "1.0.0",
  family: "risk",
  description:
    "Holds so much of one ticker that the account has a target volatility, judged by the ticker's volatility over the " +
    "last month, and cash for the rest. Moreira and Muir, 2017, scale by the variance instead.",
  source:
    "C. R. Harvey, E. Hoyle, R. Korgaonkar, S. Rattray, M. Sargaison, O. Van Hemert, The Impact of Volatility Targeting, 2018, SSRN 3175538",
  link: "https://papers.ssrn.com/sol3/papers.cfm?abstract_id=3175538",
  parameters: z.object({
    symbol: ticker().default("SPY").meta({ description: "Ticker to hold." }),
    target: z.number().positive().max(10).default(0.1).meta({ description: "Target volatility per year, a fraction." }),
    lookback_days: z.int().min(2).max(2520).default(21).meta({ description: "Daily returns to look back." }),
    max_weight: z.number().positive().max(1).default(1).meta({ description: "Largest share that is held." }),
  }),
  schedule: "month-end",
  defaultFill: "same_close",
  universe: ({ symbol }) => [symbol],
  history: ({ lookback_days: days }) => ({ days: days + 1 }),

  decide({ closes }, { symbol, target, max_weight: most }) {
    const volatility = annualVolatility(closes(symbol));
    return {
      weights: { [symbol]: Math.min(most, target / volatility) },
      scores: { volatility },
      because: `volatility ${(100 * volatility).toFixed(1)} %, target ${100 * target} %`,
    };
  },
});
