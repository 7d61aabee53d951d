import { z } from "zod";
import { topBy } from "../strategy/allocation.ts";
import { monthsReturn } from "../strategy/indicators.ts";
import { correlationMatrix, mean, returnsOf, sampleDeviation } from "../strategy/indicators/statistics.ts";
import { scoresOf, spread } from "../strategy/portfolio/compose.ts";
import { ranksBy } from "../strategy/portfolio/ranks.ts";
import { defineStrategy } from "../strategy/strategy.ts";

const assets = ["VTI", "VEA", "VWO", "SHY", "BND", "GSG", "VNQ"];
const cash = "SHY";
const top = 3;
const months = 4;

/** Weights of the ranks of volatility and correlation relative to that of the return, and whether losers are replaced by cash. */
const variants = {
  FAA: { volatility: 0.5, correlation: 0.5, isReplacing: true },
  "FAA-RAV": { volatility: 0.5, correlation: 0, isReplacing: true },
  "FAA-RA": { volatility: 0, correlation: 0, isReplacing: true },
  "FAA-R": { volatility: 0, correlation: 0, isReplacing: false },
} as const;
type Variant = keyof typeof variants;
const variantNames = Object.keys(variants) as Variant[];

export const flexibleAssetAllocation = defineStrategy({
  name: "FlexibleAssetAllocation",
  version: "1.0.0",
  family: "tactical",
  description:
    "Monthly tactical allocation. Ranks seven assets by their return over four months, their volatility and their mean " +
    "correlation with the others, and holds the three with the lowest weighted sum of ranks. Cash replaces assets with a " +
    "loss. Of equal sums the higher return comes first.",
  source:
    "W. J. Keller, H. S. van Putten, Generalized Momentum and Flexible Asset Allocation (FAA), 2012, SSRN 2193735",
  link: "https://papers.ssrn.com/sol3/papers.cfm?abstract_id=2193735",
  published: [
    { variant: "FAA", period: "2005 - 2012, mutual funds", cagr: 0.147, max_drawdown: -0.074, volatility: 0.092 },
  ],
  variants: variantNames,
  parameters: z.object({
    variant: z.enum(variantNames).default("FAA").meta({
      description:
        "Which ranks count beside the return (V volatility, C correlation), and whether losers become cash (A).",
    }),
  }),
  schedule: "month-end",
  defaultFill: "next_close",
  universe: () => assets,
  history: () => ({ months }),

  decide({ closes, closesSince }, { variant }) {
    const weight = variants[variant];
    const daily = assets.map((ticker) => returnsOf(closesSince(ticker, months)));
    const correlations = correlationMatrix(daily);
    const gain = (ticker: string) => monthsReturn(closes(ticker), months);
    const kinship = (ticker: string) =>
      mean(correlations[assets.indexOf(ticker)]!.filter((_, other) => assets[other] !== ticker));

    const byGain = ranksBy(assets, gain);
    const byVolatility = ranksBy(assets, (ticker) => -sampleDeviation(daily[assets.indexOf(ticker)]!));
    const byCorrelation = ranksBy(assets, (ticker) => -kinship(ticker));
    const scores = scoresOf(
      assets,
      (ticker) =>
        byGain[ticker]! + weight.volatility * byVolatility[ticker]! + weight.correlation * byCorrelation[ticker]!,
    );
    const chosen = topBy(topBy(assets, assets.length, gain), top, (ticker) => -scores[ticker]!);
    const held = chosen.map((ticker) => (weight.isReplacing && gain(ticker) <= 0 ? cash : ticker));
    return { weights: spread(1, held), scores, because: `lowest sums of ranks: ${chosen.join(", ")}` };
  },
});
