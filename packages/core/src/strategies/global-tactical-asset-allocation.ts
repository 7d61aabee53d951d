import { z } from "zod";
import { topBy, type Weights } from "../strategy/allocation.ts";
import { faberTrend, momentum13612U } from "../strategy/indicators/momentum.ts";
import { combine, scoresOf, spread } from "../strategy/portfolio/compose.ts";
import { defineStrategy } from "../strategy/strategy.ts";

const cash = "BIL";

const thirteen: Weights = {
  IWD: 0.05,
  MTUM: 0.05,
  IWN: 0.05,
  DWAS: 0.05,
  EFA: 0.1,
  EEM: 0.1,
  IEF: 0.05,
  BWX: 0.05,
  LQD: 0.05,
  TLT: 0.05,
  DBC: 0.1,
  GLD: 0.1,
  VNQ: 0.2,
};

/** The weights of the assets, or how many of them are held by momentum. */
const variants = {
  "GTAA-5": { assets: spread(1, ["SPY", "EFA", "IEF", "DBC", "VNQ"]), top: null },
  "Ivy-5": { assets: spread(1, ["VTI", "VEU", "BND", "VNQ", "DBC"]), top: null },
  "Ivy-10": { assets: spread(1, ["VTI", "VB", "VEU", "VWO", "BND", "TIP", "VNQ", "RWX", "DBC", "GSG"]), top: null },
  "GTAA-13": { assets: thirteen, top: null },
  "GTAA-AGG3": { assets: thirteen, top: 3 },
  "GTAA-AGG6": { assets: thirteen, top: 6 },
} as const;
type Variant = keyof typeof variants;
const variantNames = Object.keys(variants) as Variant[];

const period = "1973 - 2012, indices";

export const globalTacticalAssetAllocation = defineStrategy({
  name: "GlobalTacticalAssetAllocation",
  version: "1.0.0",
  family: "tactical",
  description:
    "Holds each asset of a fixed mix while it is above its average of ten month-ends, and T-bills in its place otherwise. " +
    "The aggressive variants hold the strongest of thirteen assets, on the same condition.",
  source:
    "M. Faber, A Quantitative Approach to Tactical Asset Allocation, 2007, update 2013, SSRN 962461; M. Faber, E. Richardson, The Ivy Portfolio, 2009",
  link: "https://papers.ssrn.com/sol3/papers.cfm?abstract_id=962461",
  published: [
    { variant: "GTAA-5", period, cagr: 0.105, volatility: 0.07, max_drawdown: -0.095 },
    { variant: "GTAA-13", period, cagr: 0.12, volatility: 0.071, max_drawdown: -0.107 },
    { variant: "GTAA-AGG6", period, cagr: 0.178, volatility: 0.116, max_drawdown: -0.234 },
    { variant: "GTAA-AGG3", period, cagr: 0.191, volatility: 0.148, max_drawdown: -0.203 },
  ],
  variants: variantNames,
  parameters: z.object({
    variant: z
      .enum(variantNames)
      .default("GTAA-5")
      .meta({ description: "Published variant: the assets, and how they are held." }),
  }),
  schedule: "month-end",
  defaultFill: "same_close",
  universe: ({ variant }) => [...Object.keys(variants[variant].assets), cash],
  history: ({ variant }) => ({ months: variants[variant].top === null ? 9 : 12 }),

  decide({ monthScore }, { variant }) {
    const { assets, top } = variants[variant];
    const tickers = Object.keys(assets);
    const trends = scoresOf(tickers, (ticker) => monthScore(ticker, faberTrend));
    const scores = top === null ? trends : scoresOf(tickers, (ticker) => monthScore(ticker, momentum13612U));
    const wanted =
      top === null
        ? assets
        : spread(
            1,
            topBy(tickers, top, (ticker) => scores[ticker]!),
          );

    const parts = Object.entries(wanted).map(([ticker, weight]) => ({ [trends[ticker]! > 0 ? ticker : cash]: weight }));
    const falling = Object.keys(wanted).filter((ticker) => !(trends[ticker]! > 0));
    return {
      weights: combine(...parts),
      scores,
      because: falling.length === 0 ? "all are above their average" : `not above their average: ${falling.join(", ")}`,
    };
  },
});
