import { z } from "zod";
import { topBy } from "../strategy/allocation.ts";
import { lastOf } from "../strategy/indicators/moving-average.ts";
import { correlationMatrix, returnsOf, sampleDeviation, scaledCovariance } from "../strategy/indicators/statistics.ts";
import { ticker } from "../strategy/parameters.ts";
import { scoresOf } from "../strategy/portfolio/compose.ts";
import { minimumVarianceWeights, maxMinimumVarianceAssets } from "../strategy/portfolio/minimum-variance.ts";
import { defineStrategy } from "../strategy/strategy.ts";

const defaults = ["SPY", "VGK", "EWJ", "EEM", "VNQ", "RWX", "IEF", "TLT", "DBC", "GLD"];
const window = (days: number, description: string) => z.int().min(2).max(2520).default(days).meta({ description });

export const adaptiveAssetAllocation = defineStrategy({
  name: "AdaptiveAssetAllocation",
  version: "1.0.0",
  family: "tactical",
  description:
    "Holds the five assets with the best momentum over half a year, in the long-only portfolio of least variance. " +
    "Correlations are over 126 days, volatilities over 20. There is no minimum weight and no cash rule.",
  source: "A. Butler, M. Philbrick, R. Gordillo, D. Varadi, Adaptive Asset Allocation: A Primer, 2012, SSRN 2328254",
  link: "https://papers.ssrn.com/sol3/papers.cfm?abstract_id=2328254",
  parameters: z.object({
    assets: z.array(ticker()).min(1).max(100).default(defaults).meta({ description: "Assets to choose from." }),
    momentum_days: window(126, "Days over which the return ranks."),
    correlation_days: window(126, "Daily returns for the correlations."),
    volatility_days: window(20, "Daily returns for the volatilities."),
    top: z.int().min(1).max(maxMinimumVarianceAssets).default(5).meta({ description: "Number of assets held." }),
  }),
  schedule: "month-end",
  defaultFill: "same_close",
  universe: ({ assets }) => assets,
  history: ({ momentum_days: momentum, correlation_days: correlation, volatility_days: volatility }) => ({
    days: Math.max(momentum, correlation, volatility) + 1,
  }),

  decide({ closes }, { assets, momentum_days: days, correlation_days, volatility_days, top }) {
    const scores = scoresOf(assets, (asset) => closes(asset).at(-1)! / closes(asset).at(-1 - days)! - 1);
    const chosen = topBy(assets, top, (asset) => scores[asset]!);
    const daily = chosen.map((asset) => returnsOf(closes(asset)));
    const covariances = scaledCovariance(
      correlationMatrix(daily.map((returns) => lastOf(returns, correlation_days))),
      daily.map((returns) => sampleDeviation(lastOf(returns, volatility_days))),
    );
    const weights = minimumVarianceWeights(covariances);
    return {
      weights: Object.fromEntries(chosen.map((asset, index) => [asset, weights[index]!])),
      scores,
      because: `top ${chosen.length} of ${assets.length} by ${days} days: ${chosen.join(", ")}`,
    };
  },
});
