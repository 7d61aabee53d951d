import { z } from "zod";
import { topBy } from "../strategy/allocation.ts";
import { momentum13612U } from "../strategy/indicators/momentum.ts";
import { scoresOf, spread } from "../strategy/portfolio/compose.ts";
import { defineStrategy } from "../strategy/strategy.ts";

const canary = "TIP";
const cash = ["BIL", "IEF"];

const variants = {
  "HAA-Balanced": { offensive: ["SPY", "IWM", "VEA", "VWO", "VNQ", "DBC", "IEF", "TLT"], top: 4 },
  "HAA-Simple": { offensive: ["SPY"], top: 1 },
} as const;
type Variant = keyof typeof variants;
const variantNames = Object.keys(variants) as Variant[];

export const hybridAssetAllocation = defineStrategy({
  name: "HybridAssetAllocation",
  version: "1.0.0",
  family: "tactical",
  description:
    "Monthly tactical allocation with one canary. While inflation-protected bonds (TIP) have positive 13612U momentum it " +
    "holds the strongest offensive assets, and replaces each one without positive momentum by the stronger of BIL and " +
    "IEF. Otherwise it holds only the stronger of BIL and IEF.",
  source:
    "W. J. Keller, J. W. Keuning, Dual and Canary Momentum with Rising Yields/Inflation: Hybrid Asset Allocation, 2023, SSRN 4346906",
  link: "https://papers.ssrn.com/sol3/papers.cfm?abstract_id=4346906",
  published: [
    {
      variant: "HAA-Balanced",
      period: "Dec 2012 - Dec 2022, 0.1 % cost",
      cagr: 0.085,
      max_drawdown: -0.064,
      volatility: 0.077,
    },
    {
      variant: "HAA-Simple",
      period: "Dec 2012 - Dec 2022, 0.1 % cost",
      cagr: 0.125,
      max_drawdown: -0.082,
      volatility: 0.092,
    },
  ],
  variants: variantNames,
  parameters: z.object({
    variant: z
      .enum(variantNames)
      .default("HAA-Balanced")
      .meta({ description: "Published variant: which offensive assets, and how many of them are held." }),
  }),
  schedule: "month-end",
  defaultFill: "same_close",
  universe: ({ variant }) => [...variants[variant].offensive, canary, ...cash],
  history: () => ({ months: 12 }),

  decide({ monthScore }, { variant }) {
    const { offensive, top } = variants[variant];
    const scores = scoresOf([...offensive, canary, ...cash], (ticker) => monthScore(ticker, momentum13612U));
    const score = (ticker: string) => scores[ticker]!;
    const [cashAsset] = topBy(cash, 1, score) as [string];
    const said = { scores, canary: { [canary]: score(canary) } };

    if (score(canary) <= 0) {
      return {
        ...said,
        weights: { [cashAsset]: 1 },
        mode: "defensive",
        because: `${canary} is not rising: ${cashAsset}`,
      };
    }
    const held = topBy(offensive, top, score).map((ticker) => (score(ticker) <= 0 ? cashAsset : ticker));
    const because = `${canary} is rising: top ${top} of ${offensive.length}, ${cashAsset} for what is not`;
    return { ...said, weights: spread(1, held), mode: "offensive", because };
  },
});
