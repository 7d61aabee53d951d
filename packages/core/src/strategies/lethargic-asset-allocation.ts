import { z } from "zod";
import { isAboveYearAverage } from "../strategy/indicators/growth.ts";
import { faberTrend } from "../strategy/indicators/momentum.ts";
import { spread } from "../strategy/portfolio/compose.ts";
import { defineStrategy } from "../strategy/strategy.ts";

const risky = ["QQQ", "IWD", "GLD", "IEF"];
const defensive = ["SHY", "IWD", "GLD", "IEF"];
const trend = "SPY";

export const lethargicAssetAllocation = defineStrategy({
  name: "LethargicAssetAllocation",
  version: "1.0.0",
  family: "tactical",
  description:
    "A permanent portfolio that seldom changes: QQQ, IWD, GLD and IEF in equal parts. SHY replaces QQQ while unemployment " +
    "is above its average of a year and SPY is below its average of ten month-ends.",
  source:
    "W. J. Keller, Growth-Trend Timing and 60-40 Variations: Lethargic Asset Allocation (LAA), 2019, SSRN 3498092",
  link: "https://papers.ssrn.com/sol3/papers.cfm?abstract_id=3498092",
  published: [{ period: "Oct 2009 - Oct 2019, unemployment without a lag", cagr: 0.095, max_drawdown: -0.055 }],
  parameters: z.object({
    unemployment_lag_months: z.int().min(0).max(12).default(1).meta({
      description:
        "Months until the unemployment rate of a month is known. 0 is the paper's, which nobody could trade.",
    }),
  }),
  schedule: "month-end",
  defaultFill: "same_close",
  universe: () => [...risky, ...defensive, trend],
  history: ({ unemployment_lag_months: lag }) => ({ months: 9, series: { UNRATE: 12 + lag } }),

  decide({ monthScore, series }, { unemployment_lag_months: lag }) {
    const isGrowing = !isAboveYearAverage(series("UNRATE", lag));
    const isTrending = !(monthScore(trend, faberTrend) < 0);
    return isGrowing || isTrending
      ? {
          weights: spread(1, risky),
          mode: "offensive",
          because: isGrowing ? "unemployment is low" : `${trend} is trending`,
        }
      : { weights: spread(1, defensive), mode: "defensive", because: `unemployment is high and ${trend} is falling` };
  },
});
