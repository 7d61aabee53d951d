import { z } from "zod";
import { topBy } from "../strategy/allocation.ts";
import { momentum13612W } from "../strategy/indicators.ts";
import { cashSlots, modeOf } from "../strategy/portfolio/breadth.ts";
import { combine, scoresOf, spread } from "../strategy/portfolio/compose.ts";
import { defineStrategy } from "../strategy/strategy.ts";

const canaries = ["VWO", "BND"];
const cash = ["SHY", "IEF", "LQD"];
const top = 6;
const breadth = 2;

const variants = {
  "DAA-G12": ["SPY", "IWM", "QQQ", "VGK", "EWJ", "VWO", "VNQ", "GSG", "GLD", "TLT", "HYG", "LQD"],
  "DAA-G6": ["SPY", "VEA", "VWO", "LQD", "TLT", "HYG"],
} as const;
type Variant = keyof typeof variants;
const variantNames = Object.keys(variants) as Variant[];

export const defensiveAssetAllocation = defineStrategy({
  name: "DefensiveAssetAllocation",
  version: "1.0.0",
  family: "tactical",
  description:
    "Monthly tactical allocation with two canaries (VWO, BND). Each canary without positive 13612W momentum moves half of " +
    "the account to the strongest of SHY, IEF and LQD. The rest is held in the strongest risky assets, a sixth each.",
  source:
    "W. J. Keller, J. W. Keuning, Breadth Momentum and the Canary Universe: Defensive Asset Allocation (DAA), 2018, SSRN 3212862",
  link: "https://papers.ssrn.com/sol3/papers.cfm?abstract_id=3212862",
  published: [{ variant: "DAA-G12", period: "Mar 2008 - Mar 2018, before costs", cagr: 0.111, max_drawdown: -0.082 }],
  variants: variantNames,
  parameters: z.object({
    variant: z.enum(variantNames).default("DAA-G12").meta({ description: "Published variant: which risky assets." }),
  }),
  schedule: "month-end",
  defaultFill: "same_close",
  universe: ({ variant }) => [...variants[variant], ...canaries, ...cash],
  history: () => ({ months: 12 }),

  decide({ monthScore }, { variant }) {
    const risky = variants[variant];
    const scores = scoresOf([...risky, ...canaries, ...cash], (ticker) => monthScore(ticker, momentum13612W));
    const score = (ticker: string) => scores[ticker]!;
    const bad = canaries.filter((ticker) => score(ticker) <= 0);
    const slots = cashSlots(bad.length, breadth, top);

    return {
      weights: combine(
        spread((top - slots) / top, topBy(risky, top - slots, score)),
        spread(slots / top, topBy(cash, 1, score)),
      ),
      mode: modeOf(slots / top),
      scores,
      canary: scoresOf(canaries, score),
      because: `${bad.length === 0 ? "no canary" : bad.join(", ")} bad: top ${top - slots} of ${risky.length}, ${slots}/${top} cash`,
    };
  },
});
