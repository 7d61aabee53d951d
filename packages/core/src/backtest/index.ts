/** The steps of a run, one by one. `runToColumns` takes them together. */
export { parseParameters } from "../strategy/parameters.ts";
export { backtest } from "./backtest.ts";
export { resultOf, seriesOf } from "./report.ts";
export { loadTable } from "./run-strategy.ts";
