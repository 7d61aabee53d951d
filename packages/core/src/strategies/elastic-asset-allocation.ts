import { z } from "zod";
import { topBy } from "../strategy/allocation.ts";
import { momentum13612U } from "../strategy/indicators/momentum.ts";
import { correlation, mean, returnsOf } from "../strategy/indicators/statistics.ts";
import { combine, scale, scoresOf } from "../strategy/portfolio/compose.ts";
import { defineStrategy } from "../strategy/strategy.ts";

const assets = ["SPY", "EFA", "EEM", "QQQ", "EWJ", "IEF", "HYG"];
const bills = "BIL";
const safe = "IEF";
const top = 3;

/** The exponents: z = (r (1 - c)^correlation)^score. */
const variants = {
  "EAA-Defensive": { score: 0.5, correlation: 1 },
  "EAA-Offensive": { score: 2, correlation: 0.5 },
} as const;
type Variant = keyof typeof variants;
const variantNames = Object.keys(variants) as Variant[];

const period = "1964 - 2014, indices";

export const elasticAssetAllocation = defineStrategy({
  name: "ElasticAssetAllocation",
  version: "1.0.0",
  family: "tactical",
  description:
    "Monthly tactical allocation. Scores seven assets by momentum in excess of T-bills and by low correlation with the " +
    "mean of all seven. Holds the best three in proportion to their scores; the share of assets without excess momentum " +
    "goes to IEF. The paper's epsilon in the exponent is left out.",
  source:
    "W. J. Keller, A. Butler, A Century of Generalized Momentum: From Flexible Asset Allocations (FAA) to Elastic Asset Allocation (EAA), 2014, SSRN 2543979",
  link: "https://papers.ssrn.com/sol3/papers.cfm?abstract_id=2543979",
  published: [
    { variant: "EAA-Defensive", period, cagr: 0.131, max_drawdown: -0.191, volatility: 0.097 },
    { variant: "EAA-Offensive", period, cagr: 0.145, max_drawdown: -0.253, volatility: 0.114 },
  ],
  variants: variantNames,
  parameters: z.object({
    variant: z
      .enum(variantNames)
      .default("EAA-Defensive")
      .meta({ description: "How strongly momentum and correlation count." }),
  }),
  schedule: "month-end",
  defaultFill: "same_close",
  universe: () => [...assets, bills],
  history: () => ({ months: 12 }),

  decide({ closes, monthScore }, { variant }) {
    const exponent = variants[variant];
    const monthly = assets.map((ticker) => returnsOf(closes(ticker)));
    const market = monthly[0]!.map((_, month) => mean(monthly.map((returns) => returns[month]!)));
    const excess = scoresOf(assets, (ticker) => monthScore(ticker, momentum13612U) - monthScore(bills, momentum13612U));
    const scores = scoresOf(assets, (ticker) => {
      if (excess[ticker]! <= 0) return 0;
      const uncorrelated = 1 - correlation(returnsOf(closes(ticker)), market);
      return (excess[ticker]! * uncorrelated ** exponent.correlation) ** exponent.score;
    });

    const protection = assets.filter((ticker) => excess[ticker]! <= 0).length / assets.length;
    const chosen = topBy(assets, top, (ticker) => scores[ticker]!).filter((ticker) => scores[ticker]! > 0);
    const sum = chosen.reduce((total, ticker) => total + scores[ticker]!, 0);
    const proportional = scoresOf(chosen, (ticker) => scores[ticker]! / sum);
    return {
      weights: combine(scale(1 - protection, proportional), { [safe]: protection }),
      scores,
      because: `${Math.round(protection * assets.length)} of ${assets.length} assets do not beat T-bills`,
    };
  },
});
