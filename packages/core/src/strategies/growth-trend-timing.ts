import { z } from "zod";
import { isAboveYearAverage } from "../strategy/indicators/growth.ts";
import { faberTrend } from "../strategy/indicators/momentum.ts";
import { ticker } from "../strategy/parameters.ts";
import { defineStrategy } from "../strategy/strategy.ts";

export const growthTrendTiming = defineStrategy({
  name: "GrowthTrendTiming",
  version: "1.0.0",
  family: "tactical",
  description:
    "Holds shares, except while unemployment is above its average of a year and the shares are below their average of ten " +
    "month-ends. So it follows the trend only when a recession is likely.",
  source: "Philosophical Economics, Growth and Trend: A Simple, Powerful Technique for Timing the Stock Market, 2016",
  link: "https://www.philosophicaleconomics.com",
  parameters: z.object({
    equity: ticker().default("SPY").meta({ description: "Shares." }),
    safe: ticker().default("BIL").meta({ description: "Asset held otherwise." }),
    unemployment_lag_months: z
      .int()
      .min(0)
      .max(12)
      .default(1)
      .meta({ description: "Months until the unemployment rate of a month is known." }),
  }),
  schedule: "month-end",
  defaultFill: "same_close",
  universe: ({ equity, safe }) => [equity, safe],
  history: ({ unemployment_lag_months: lag }) => ({ months: 9, series: { UNRATE: 12 + lag } }),

  decide({ monthScore, series }, { equity, safe, unemployment_lag_months: lag }) {
    const isGrowing = !isAboveYearAverage(series("UNRATE", lag));
    const isTrending = !(monthScore(equity, faberTrend) < 0);
    return isGrowing || isTrending
      ? { weights: { [equity]: 1 }, because: isGrowing ? "unemployment is low" : `${equity} is trending` }
      : { weights: { [safe]: 1 }, because: `unemployment is high and ${equity} is falling` };
  },
});
