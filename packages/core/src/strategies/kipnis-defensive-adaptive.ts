import { z } from "zod";
import { topBy } from "../strategy/allocation.ts";
import { momentum13612W } from "../strategy/indicators.ts";
import { correlationMatrix, returnsOf, sampleDeviation, scaledCovariance } from "../strategy/indicators/statistics.ts";
import { modeOf } from "../strategy/portfolio/breadth.ts";
import { combine, scale, scoresOf } from "../strategy/portfolio/compose.ts";
import { minimumVarianceWeights } from "../strategy/portfolio/minimum-variance.ts";
import { defineStrategy } from "../strategy/strategy.ts";

const assets = ["SPY", "VGK", "EWJ", "EEM", "VNQ", "RWX", "IEF", "TLT", "DBC", "GLD"];
const canaries = ["VWO", "BND"];
const crashAsset = "IEF";
const top = 5;

/** The weights of the correlations of the last months in their mean. */
const months = [1, 3, 6, 12] as const;
const monthWeights = [12, 4, 2, 1] as const;

export const kipnisDefensiveAdaptive = defineStrategy({
  name: "KipnisDefensiveAdaptive",
  version: "1.0.0",
  family: "tactical",
  description:
    "Adaptive asset allocation with canaries. Holds the five strongest of ten assets, as far as their 13612W momentum is " +
    "positive, in the portfolio of least variance. Each of the canaries VWO and BND without positive momentum moves half " +
    "of the account to IEF while IEF is rising, and to cash otherwise.",
  source: "I. Kipnis, Right Now It's KDA… Asset Allocation, QuantStrat TradeR, 24 January 2019",
  link: "https://www.r-bloggers.com/2019/01/right-now-its-kdaasset-allocation/",
  parameters: z.object({}),
  schedule: "month-end",
  defaultFill: "same_close",
  universe: () => [...assets, ...canaries],
  history: () => ({ months: 12 }),

  decide({ closesSince, monthScore }) {
    const scores = scoresOf([...assets, ...canaries], (ticker) => monthScore(ticker, momentum13612W));
    const score = (ticker: string) => scores[ticker]!;
    const chosen = topBy(assets, top, score).filter((ticker) => score(ticker) > 0);
    const good = canaries.filter((ticker) => score(ticker) > 0);
    const share = good.length / canaries.length;

    const returns = months.map((count) => chosen.map((ticker) => returnsOf(closesSince(ticker, count))));
    const correlations = returns.map(correlationMatrix);
    const meanCorrelation = chosen.map((_, i) =>
      chosen.map((__, j) => correlations.reduce((sum, matrix, k) => sum + monthWeights[k]! * matrix[i]![j]!, 0) / 19),
    );
    const covariances = scaledCovariance(meanCorrelation, returns[0]!.map(sampleDeviation));
    const sleeve = chosen.length === 0 ? [] : minimumVarianceWeights(covariances);

    return {
      weights: combine(
        scale(share, Object.fromEntries(chosen.map((ticker, index) => [ticker, sleeve[index]!]))),
        score(crashAsset) > 0 ? { [crashAsset]: 1 - share } : {},
      ),
      mode: modeOf(1 - share),
      scores,
      canary: scoresOf(canaries, score),
      because: `${good.length} of ${canaries.length} canaries rise; ${chosen.length} of the top ${top} do`,
    };
  },
});
