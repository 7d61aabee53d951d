/** The exports that a user's strategy file gets as `@strategy-executor/core`: everything to write a strategy, nothing to run it. */
export { equalWeights, replaceWeaker, topBy, type Weights } from "./allocation.ts";
export { isAverageAbove, momentum13612W, monthsReturn, relativeMomentum, type RunningSums } from "./indicators.ts";
export type { DatedDecision, Decision } from "./decision.ts";
export type { History } from "./history.ts";
export { averageTrueRange } from "./indicators/atr.ts";
export { type BollingerBands, bollingerBands, highestBefore, lowestBefore } from "./indicators/channels.ts";
export type { Indicator } from "./indicators/indicator.ts";
export { type Macd, movingAverageConvergence } from "./indicators/macd.ts";
export { isAboveYearAverage } from "./indicators/growth.ts";
export { averageReturn, faberTrend, momentum13612U } from "./indicators/momentum.ts";
export {
  exponentialAverage,
  exponentialSmoothing,
  lastOf,
  isBelow,
  simpleAverage,
  wilderSmoothing,
} from "./indicators/moving-average.ts";
export { relativeStrengthIndex } from "./indicators/rsi.ts";
export {
  correlation,
  correlationMatrix,
  covarianceMatrix,
  mean,
  populationDeviation,
  returnsOf,
  sampleDeviation,
  scaledCovariance,
} from "./indicators/statistics.ts";
export { annualVolatility } from "./indicators/volatility.ts";
export type { FillRule } from "./fill-rule.ts";
export { cashSlots, modeOf } from "./portfolio/breadth.ts";
export { combine, scale, scoresOf, spread } from "./portfolio/compose.ts";
export { equalRiskWeights, inverseVolatilityWeights } from "./portfolio/equal-risk.ts";
export { minimumVarianceWeights, maxMinimumVarianceAssets } from "./portfolio/minimum-variance.ts";
export { ranksBy } from "./portfolio/ranks.ts";
export { positionReport } from "./position-report.ts";
export { defineOrRefuse as defineStrategy } from "./refused-strategy.ts";
export {
  type Family,
  type Fill,
  portfolioOf,
  type PublishedFigures,
  type Run,
  type Strategy,
  type StrategyDefinition,
  StrategyError,
} from "./strategy.ts";
export type { Schedule } from "./schedule.ts";
export type { Holding, View } from "./view.ts";
