/** What a user's strategy file gets as `@strategy-executor/core`: all that is needed to write one, and nothing that runs it. */
export { equalWeights, replaceWeaker, topBy, type Weights } from "./allocation.ts";
export { isAverageAbove, momentum13612W, monthsReturn, relativeMomentum, type RunningSums } from "./indicators.ts";
export type { FillRule } from "./parameters.ts";
export {
  type DatedDecision,
  type Decision,
  defineStrategy,
  type Fill,
  type History,
  portfolioOf,
  type Run,
  type Schedule,
  type Strategy,
  type StrategyDefinition,
  StrategyError,
  type View,
} from "./strategy.ts";
