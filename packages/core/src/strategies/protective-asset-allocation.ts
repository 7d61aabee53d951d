import { z } from "zod";
import { topBy } from "../strategy/allocation.ts";
import { relativeMomentum } from "../strategy/indicators.ts";
import { modeOf } from "../strategy/portfolio/breadth.ts";
import { combine, scoresOf, spread } from "../strategy/portfolio/compose.ts";
import { defineStrategy } from "../strategy/strategy.ts";

const risky = ["SPY", "QQQ", "IWM", "VGK", "EWJ", "EEM", "IYR", "GSG", "GLD", "HYG", "LQD", "TLT"];
const bonds = "IEF";
const top = 6;

/** The protection factor a: the higher, the fewer bad assets make it all bonds. */
const variants = { PAA0: 0, PAA1: 1, PAA2: 2 } as const;
type Variant = keyof typeof variants;
const variantNames = Object.keys(variants) as Variant[];

export const protectiveAssetAllocation = defineStrategy({
  name: "ProtectiveAssetAllocation",
  version: "1.0.0",
  family: "tactical",
  description:
    "Monthly tactical allocation. The fewer of twelve risky assets are above their average of thirteen month-ends, the " +
    "more goes to IEF. The rest is held in equal parts in the strongest assets above their average, six at most.",
  source:
    "W. J. Keller, J. W. Keuning, Protective Asset Allocation (PAA): A Simple Momentum-Based Alternative for Term Deposits, 2016, SSRN 2759734",
  link: "https://papers.ssrn.com/sol3/papers.cfm?abstract_id=2759734",
  published: [
    {
      variant: "PAA2",
      period: "Dec 1970 - Dec 2015, proxies, no costs",
      cagr: 0.142,
      max_drawdown: -0.104,
      volatility: 0.086,
    },
  ],
  variants: variantNames,
  parameters: z.object({
    variant: z
      .enum(variantNames)
      .default("PAA2")
      .meta({ description: "Published variant: low, medium or high protection." }),
  }),
  schedule: "month-end",
  defaultFill: "same_close",
  universe: () => [...risky, bonds],
  history: () => ({ months: 12 }),

  decide({ monthScore }, { variant }) {
    const scores = scoresOf(risky, (ticker) => monthScore(ticker, relativeMomentum));
    const good = risky.filter((ticker) => scores[ticker]! > 0);
    const inBonds = Math.min(1, (risky.length - good.length) / (risky.length - 3 * variants[variant]));
    const held = topBy(good, top, (ticker) => scores[ticker]!);

    return {
      weights: combine(spread(1 - inBonds, held), { [bonds]: inBonds }),
      mode: modeOf(inBonds),
      scores,
      because: `${good.length} of ${risky.length} risky assets are above their average`,
    };
  },
});
