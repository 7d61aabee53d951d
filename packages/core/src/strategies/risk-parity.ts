import { z } from "zod";
import { covarianceMatrix, returnsOf } from "../strategy/indicators/statistics.ts";
import { ticker } from "../strategy/parameters.ts";
import { equalRiskWeights, inverseVolatilityWeights } from "../strategy/portfolio/equal-risk.ts";
import { minimumVarianceWeights, maxMinimumVarianceAssets } from "../strategy/portfolio/minimum-variance.ts";
import { defineStrategy } from "../strategy/strategy.ts";

const variants = {
  "inverse-volatility": inverseVolatilityWeights,
  "equal-risk": equalRiskWeights,
  "minimum-variance": minimumVarianceWeights,
} as const;
type Variant = keyof typeof variants;
const variantNames = Object.keys(variants) as Variant[];

export const riskParity = defineStrategy({
  name: "RiskParity",
  version: "1.0.0",
  family: "risk",
  description:
    "Weights that depend only on the covariances of the daily returns of a year: by inverse volatility, by equal risk of " +
    "all assets, or by least variance of the portfolio.",
  source:
    "S. Maillard, T. Roncalli, J. Teiletche, The Properties of Equally Weighted Risk Contribution Portfolios, Journal of Portfolio Management 36, 2010",
  link: "https://papers.ssrn.com/sol3/papers.cfm?abstract_id=1271972",
  variants: variantNames,
  parameters: z
    .object({
      variant: z
        .enum(variantNames)
        .default("inverse-volatility")
        .meta({ description: "How the weights are determined." }),
      assets: z
        .array(ticker())
        .min(1)
        .max(50)
        .default(["SPY", "TLT", "GLD", "DBC"])
        .meta({ description: `Assets to hold; ${maxMinimumVarianceAssets} at most for minimum-variance.` }),
      lookback_days: z.int().min(2).max(2520).default(252).meta({ description: "Daily returns to look back." }),
    })
    .refine(({ variant, assets }) => variant !== "minimum-variance" || assets.length <= maxMinimumVarianceAssets, {
      path: ["assets"],
      message: `Must be ${maxMinimumVarianceAssets} at most for minimum-variance`,
    }),
  schedule: "month-end",
  defaultFill: "same_close",
  universe: ({ assets }) => assets,
  history: ({ lookback_days: days }) => ({ days: days + 1 }),

  decide({ closes }, { variant, assets }) {
    const weights = variants[variant](covarianceMatrix(assets.map((asset) => returnsOf(closes(asset)))));
    return {
      weights: Object.fromEntries(assets.map((asset, index) => [asset, weights[index]!])),
      because: `${variant} of ${assets.length} assets`,
    };
  },
});
