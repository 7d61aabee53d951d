import { z } from "zod";
import { topBy } from "../strategy/allocation.ts";
import { monthsReturn } from "../strategy/indicators.ts";
import { scoresOf, spread } from "../strategy/portfolio/compose.ts";
import { defineStrategy } from "../strategy/strategy.ts";

/** Shares, credit, real estate and economic stress. */
const pairs = [
  ["SPY", "ACWX"],
  ["HYG", "LQD"],
  ["VNQ", "REM"],
  ["GLD", "TLT"],
] as const;
const bills = "BIL";

export const compositeDualMomentum = defineStrategy({
  name: "CompositeDualMomentum",
  version: "1.0.0",
  family: "tactical",
  description:
    "Four modules of a quarter of the account each. A module holds the asset of its pair that was stronger over a year " +
    "while that asset beats T-bills, and T-bills otherwise.",
  source: "G. Antonacci, Risk Premia Harvesting Through Dual Momentum, 2012, SSRN 2042750, table 10",
  link: "https://papers.ssrn.com/sol3/papers.cfm?abstract_id=2042750",
  published: [{ period: "1974 - 2011, indices", cagr: 0.149, volatility: 0.08, max_drawdown: -0.109 }],
  parameters: z.object({
    months: z.int().min(1).max(60).default(12).meta({ description: "Months to look back." }),
  }),
  schedule: "month-end",
  defaultFill: "same_close",
  universe: () => [...pairs.flat(), bills],
  history: ({ months }) => ({ months }),

  decide({ closes }, { months }) {
    const scores = scoresOf([...pairs.flat(), bills], (asset) => monthsReturn(closes(asset), months));
    const held = pairs.map((pair) => {
      const [best] = topBy(pair, 1, (asset) => scores[asset]!) as [string];
      return scores[best]! > scores[bills]! ? best : bills;
    });
    return { weights: spread(1, held), scores, because: `of the four pairs: ${held.join(", ")}` };
  },
});
