import { z } from "zod";
import { topBy } from "../strategy/allocation.ts";
import { momentum13612W } from "../strategy/indicators.ts";
import { cashSlots, modeOf } from "../strategy/portfolio/breadth.ts";
import { combine, scoresOf, spread } from "../strategy/portfolio/compose.ts";
import { defineStrategy } from "../strategy/strategy.ts";

const cash = ["SHY", "IEF", "LQD"];
const g4 = ["SPY", "EFA", "EEM", "AGG"];
const g12 = ["SPY", "IWM", "QQQ", "VGK", "EWJ", "VWO", "VNQ", "GSG", "GLD", "TLT", "HYG", "LQD"];

/** `top` T: assets held. `breadth` B: so many bad offensive assets make it all cash. */
const variants = {
  "VAA-G4": { offensive: g4, top: 1, breadth: 1 },
  "VAA-G4/T2": { offensive: g4, top: 2, breadth: 1 },
  "VAA-G4/Vanguard": { offensive: ["SPY", "VEA", "VWO", "BND"], top: 1, breadth: 1 },
  "VAA-G12": { offensive: g12, top: 2, breadth: 4 },
  "VAA-G12/T5": { offensive: g12, top: 5, breadth: 4 },
} as const;
type Variant = keyof typeof variants;
const variantNames = Object.keys(variants) as Variant[];

const period = "Dec 1970 - Jun 2017, proxies";

export const vigilantAssetAllocation = defineStrategy({
  name: "VigilantAssetAllocation",
  version: "1.0.0",
  family: "tactical",
  description:
    "Monthly tactical allocation with breadth momentum. The more offensive assets have no positive 13612W momentum, the " +
    "more of the equal parts go to the strongest of SHY, IEF and LQD. The rest is held in the strongest offensive assets.",
  source: "W. J. Keller, J. W. Keuning, Breadth Momentum and Vigilant Asset Allocation (VAA), 2017, SSRN 3002624",
  link: "https://papers.ssrn.com/sol3/papers.cfm?abstract_id=3002624",
  published: [
    { variant: "VAA-G4", period, cagr: 0.204, max_drawdown: -0.128, volatility: 0.126 },
    { variant: "VAA-G4/T2", period, cagr: 0.174, max_drawdown: -0.086, volatility: 0.099 },
  ],
  variants: variantNames,
  parameters: z.object({
    variant: z.enum(variantNames).default("VAA-G4").meta({
      description: "Published variant: the offensive assets, how many are held, and how many bad ones mean cash.",
    }),
  }),
  schedule: "month-end",
  defaultFill: "same_close",
  universe: ({ variant }) => [...variants[variant].offensive, ...cash],
  history: () => ({ months: 12 }),

  decide({ monthScore }, { variant }) {
    const { offensive, top, breadth } = variants[variant];
    const scores = scoresOf([...offensive, ...cash], (ticker) => monthScore(ticker, momentum13612W));
    const score = (ticker: string) => scores[ticker]!;
    const bad = offensive.filter((ticker) => score(ticker) <= 0).length;
    const slots = cashSlots(bad, breadth, top);

    return {
      // The strongest offensive assets are held whatever their sign: the bad ones have been counted.
      weights: combine(
        spread((top - slots) / top, topBy(offensive, top - slots, score)),
        spread(slots / top, topBy(cash, 1, score)),
      ),
      mode: modeOf(slots / top),
      scores,
      because: `${bad} of ${offensive.length} offensive assets are bad: ${slots} of ${top} parts in cash`,
    };
  },
});
