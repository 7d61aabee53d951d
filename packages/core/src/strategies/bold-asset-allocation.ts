import { z } from "zod";
import { equalWeights, replaceWeaker, topBy } from "../strategy/allocation.ts";
import { momentum13612W, relativeMomentum } from "../strategy/indicators.ts";
import { defineStrategy, portfolioOf } from "../strategy/strategy.ts";

const canaries = ["SPY", "VWO", "VEA", "BND"];
const defensive = ["TIP", "DBC", "BIL", "IEF", "TLT", "LQD", "BND"];
const cash = "BIL";

const g12 = ["SPY", "QQQ", "IWM", "VGK", "EWJ", "VWO", "VNQ", "DBC", "GLD", "TLT", "HYG", "LQD"];
const g4 = ["QQQ", "VWO", "VEA", "BND"];
const variants = {
  "BAA-G12": { offensive: g12, top: 6 },
  "BAA-G4": { offensive: g4, top: 1 },
  "BAA-G12/T3": { offensive: g12, top: 3 },
  "BAA-G4/T2": { offensive: g4, top: 2 },
  "BAA-SPY": { offensive: ["SPY"], top: 1 },
} as const;
type Variant = keyof typeof variants;
const variantNames = Object.keys(variants) as Variant[];

const period = "Dec 1970 - Jun 2022, proxies, 0.1 % cost";

export const boldAssetAllocation = defineStrategy({
  name: "BoldAssetAllocation",
  version: "1.0.0",
  family: "tactical",
  description:
    "Monthly tactical allocation. While all canary assets (SPY, VWO, VEA, BND) have positive 13612W momentum it holds the " +
    "strongest offensive assets; as soon as one is negative, the three strongest defensive ones, each replaced by BIL when weaker.",
  source:
    "W. J. Keller, Relative and Absolute Momentum in Times of Rising/Low Yields: Bold Asset Allocation (BAA), 2022, SSRN 4166845",
  link: "https://papers.ssrn.com/sol3/papers.cfm?abstract_id=4166845",
  published: [
    { variant: "BAA-G12", period, cagr: 0.146, max_drawdown: -0.087, volatility: 0.085 },
    { variant: "BAA-G4", period, cagr: 0.21, max_drawdown: -0.146, volatility: 0.136 },
    { variant: "BAA-G12/T3", period, cagr: 0.164, max_drawdown: -0.104, volatility: 0.114 },
    { variant: "BAA-G4/T2", period, cagr: 0.177, max_drawdown: -0.127, volatility: 0.106 },
  ],
  variants: variantNames,
  parameters: z.object({
    variant: z
      .enum(variantNames)
      .default("BAA-G12")
      .meta({ description: "Published variant: which offensive assets, and how many of them are held." }),
  }),
  schedule: "month-end",
  defaultFill: "same_close",
  universe: ({ variant }) => [...canaries, ...variants[variant].offensive, ...defensive],
  history: () => ({ months: 12 }),

  decide({ monthScore }, { variant }) {
    const canary: Record<string, number> = {};
    for (const ticker of canaries) canary[ticker] = monthScore(ticker, momentum13612W);
    const bad = canaries.filter((ticker) => canary[ticker]! < 0);
    const strength = (ticker: string) => monthScore(ticker, relativeMomentum);

    if (bad.length === 0) {
      const { offensive, top } = variants[variant];
      const weights = equalWeights(topBy(offensive, top, strength));
      return {
        weights,
        mode: "offensive",
        canary,
        because: `no canary is negative: top ${top} of ${offensive.length} offensive assets`,
      };
    }
    const weights = equalWeights(replaceWeaker(topBy(defensive, 3, strength), cash, strength));
    return {
      weights,
      mode: "defensive",
      canary,
      because: `${bad.join(", ")} negative: top 3 of ${defensive.length} defensive assets`,
    };
  },

  report(run, { variant }) {
    const portfolio = portfolioOf(run);
    const assets = Object.keys(portfolio.weights);
    return { variant, portfolio: { offensive_assets: portfolio.mode === "offensive" ? assets : [], ...portfolio } };
  },
});
