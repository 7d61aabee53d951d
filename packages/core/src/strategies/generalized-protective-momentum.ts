import { z } from "zod";
import { topBy } from "../strategy/allocation.ts";
import { momentum13612U } from "../strategy/indicators/momentum.ts";
import { correlation, mean, returnsOf } from "../strategy/indicators/statistics.ts";
import { modeOf } from "../strategy/portfolio/breadth.ts";
import { combine, scoresOf, spread } from "../strategy/portfolio/compose.ts";
import { defineStrategy } from "../strategy/strategy.ts";

const risky = ["SPY", "QQQ", "IWM", "VGK", "EWJ", "EEM", "IYR", "GSG", "GLD", "HYG", "LQD", "TLT"];
const safe = ["SHY", "IEF"];
const top = 3;

export const generalizedProtectiveMomentum = defineStrategy({
  name: "GeneralizedProtectiveMomentum",
  version: "1.0.0",
  family: "tactical",
  description:
    "Monthly tactical allocation. Scores twelve risky assets by 13612U momentum x (1 - correlation with their mean). The " +
    "fewer assets score above 0, the more goes to the better of SHY and IEF; the rest goes to the three best assets.",
  source:
    "J. W. Keuning, W. J. Keller, Generalized Protective Momentum, TrendXplorer blog and Seeking Alpha, June 2016",
  link: "https://indexswingtrader.blogspot.com",
  parameters: z.object({}),
  schedule: "month-end",
  defaultFill: "same_close",
  universe: () => [...risky, ...safe],
  history: () => ({ months: 12 }),

  decide({ closes, monthScore }) {
    const monthly = risky.map((ticker) => returnsOf(closes(ticker)));
    const market = monthly[0]!.map((_, month) => mean(monthly.map((returns) => returns[month]!)));
    const scores = scoresOf([...risky, ...safe], (ticker) => {
      const uncorrelated = 1 - correlation(returnsOf(closes(ticker)), market);
      return monthScore(ticker, momentum13612U) * uncorrelated;
    });
    const score = (ticker: string) => scores[ticker]!;
    const good = risky.filter((ticker) => score(ticker) > 0).length;
    const inSafe = Math.min(1, (risky.length - good) / 6);

    return {
      weights: combine(spread(1 - inSafe, topBy(risky, top, score)), spread(inSafe, topBy(safe, 1, score))),
      mode: modeOf(inSafe),
      scores,
      because: `${good} of ${risky.length} risky assets score above 0`,
    };
  },
});
