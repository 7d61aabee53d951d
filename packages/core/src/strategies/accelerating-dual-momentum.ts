import { z } from "zod";
import { topBy } from "../strategy/allocation.ts";
import { averageReturn } from "../strategy/indicators/momentum.ts";
import { ticker } from "../strategy/parameters.ts";
import { scoresOf } from "../strategy/portfolio/compose.ts";
import { defineStrategy } from "../strategy/strategy.ts";

export const acceleratingDualMomentum = defineStrategy({
  name: "AcceleratingDualMomentum",
  version: "1.0.0",
  family: "tactical",
  description:
    "Scores large domestic and small international shares by the mean of their returns over one, three and six months. " +
    "Holds the stronger while its score is positive, and long bonds otherwise.",
  source: "Engineered Portfolio, Accelerating Dual Momentum Investing, 2018",
  link: "https://engineeredportfolio.com",
  parameters: z.object({
    domestic: ticker().default("SPY").meta({ description: "Domestic shares." }),
    international: ticker().default("SCZ").meta({ description: "International shares." }),
    bonds: ticker().default("TLT").meta({ description: "Bonds, held when no shares have positive momentum." }),
  }),
  schedule: "month-end",
  defaultFill: "same_close",
  universe: ({ domestic, international, bonds }) => [domestic, international, bonds],
  history: () => ({ months: 6 }),

  decide({ closes }, { domestic, international, bonds }) {
    const scores = scoresOf([domestic, international], (asset) => averageReturn(closes(asset), [1, 3, 6]));
    const [best] = topBy([domestic, international], 1, (asset) => scores[asset]!) as [string];
    return scores[best]! > 0
      ? { weights: { [best]: 1 }, mode: "stocks", scores, because: `${best} is stronger and rising` }
      : { weights: { [bonds]: 1 }, mode: "bonds", scores, because: "no shares are rising" };
  },
});
