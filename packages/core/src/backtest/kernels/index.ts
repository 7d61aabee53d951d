/** Fast paths of the indicators and backtests that `indicators.ts` and `backtest/` define. */
export { type CrossoverAccount, type CrossoverPrices, crossoverPrices, runCrossover } from "./crossover.ts";
export { emptyTotals, metricsOfTotals, type AccountTotals, type TotalsMetrics } from "./account-totals.ts";
export { type Momenta, momenta, movingAverages, rollingSums } from "./rolling.ts";
