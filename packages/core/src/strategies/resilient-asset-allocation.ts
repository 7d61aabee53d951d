import { z } from "zod";
import { momentum13612W } from "../strategy/indicators.ts";
import { rateNoise } from "../strategy/indicators/growth.ts";
import { scoresOf, spread } from "../strategy/portfolio/compose.ts";
import { defineStrategy } from "../strategy/strategy.ts";

const canaries = ["VWO", "BND"];
const risky = ["QQQ", "IWN", "IEF", "TLT", "GLD"];
const defensive = ["IEF", "TLT"];

export const resilientAssetAllocation = defineStrategy({
  name: "ResilientAssetAllocation",
  version: "1.0.0",
  family: "tactical",
  description:
    "An all-weather portfolio (QQQ, IWN, IEF, TLT, GLD in equal parts) that moves to IEF and TLT while unemployment is " +
    "higher than a year before and a canary (VWO, BND) has no positive 13612W momentum. Not Alpha Architect's strategy " +
    "with the same abbreviation.",
  source: "W. J. Keller, Lazy Momentum with Growth-Trend Timing: Resilient Asset Allocation (RAA), 2020, SSRN 3752294",
  link: "https://papers.ssrn.com/sol3/papers.cfm?abstract_id=3752294",
  published: [{ period: "Nov 2010 - Nov 2020", cagr: 0.085, max_drawdown: -0.058 }],
  parameters: z.object({
    unemployment_lag_months: z
      .int()
      .min(0)
      .max(12)
      .default(1)
      .meta({ description: "Months until the unemployment rate of a month is known." }),
  }),
  schedule: "month-end",
  defaultFill: "same_close",
  universe: () => [...canaries, ...risky],
  history: ({ unemployment_lag_months: lag }) => ({ months: 12, series: { UNRATE: 13 + lag } }),

  decide({ monthScore, series }, { unemployment_lag_months: lag }) {
    const scores = scoresOf(canaries, (ticker) => monthScore(ticker, momentum13612W));
    const bad = canaries.filter((ticker) => scores[ticker]! <= 0);
    const [now, yearBefore] = [series("UNRATE", lag).at(-1)!, series("UNRATE", lag + 12).at(-1)!];
    const isRising = now > yearBefore + rateNoise;

    return isRising && bad.length > 0
      ? {
          weights: spread(1, defensive),
          mode: "defensive",
          scores,
          because: `unemployment is rising, ${bad.join(", ")} bad`,
        }
      : {
          weights: spread(1, risky),
          mode: "offensive",
          scores,
          because: isRising ? "no canary is bad" : "unemployment is not rising",
        };
  },
});
