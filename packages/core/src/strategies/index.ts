import type { Strategy } from "../strategy/strategy.ts";
import { acceleratingDualMomentum } from "./accelerating-dual-momentum.ts";
import { adaptiveAssetAllocation } from "./adaptive-asset-allocation.ts";
import { boldAssetAllocation } from "./bold-asset-allocation.ts";
import { bollingerReversion } from "./bollinger-reversion.ts";
import { compositeDualMomentum } from "./composite-dual-momentum.ts";
import { defensiveAssetAllocation } from "./defensive-asset-allocation.ts";
import { donchianBreakout } from "./donchian-breakout.ts";
import { elasticAssetAllocation } from "./elastic-asset-allocation.ts";
import { flexibleAssetAllocation } from "./flexible-asset-allocation.ts";
import { generalizedProtectiveMomentum } from "./generalized-protective-momentum.ts";
import { globalEquitiesMomentum } from "./global-equities-momentum.ts";
import { globalTacticalAssetAllocation } from "./global-tactical-asset-allocation.ts";
import { growthTrendTiming } from "./growth-trend-timing.ts";
import { hybridAssetAllocation } from "./hybrid-asset-allocation.ts";
import { kipnisDefensiveAdaptive } from "./kipnis-defensive-adaptive.ts";
import { lethargicAssetAllocation } from "./lethargic-asset-allocation.ts";
import { macdTrend } from "./macd-trend.ts";
import { movingAverageCrossover } from "./moving-average-crossover.ts";
import { movingAverageTrend } from "./moving-average-trend.ts";
import { protectiveAssetAllocation } from "./protective-asset-allocation.ts";
import { resilientAssetAllocation } from "./resilient-asset-allocation.ts";
import { riskParity } from "./risk-parity.ts";
import { rsiReversion } from "./rsi-reversion.ts";
import { staticAllocation } from "./static-allocation.ts";
import { targetVolatility } from "./target-volatility.ts";
import { timeSeriesMomentum } from "./time-series-momentum.ts";
import { vigilantAssetAllocation } from "./vigilant-asset-allocation.ts";

export {
  acceleratingDualMomentum,
  adaptiveAssetAllocation,
  boldAssetAllocation,
  bollingerReversion,
  compositeDualMomentum,
  defensiveAssetAllocation,
  donchianBreakout,
  elasticAssetAllocation,
  flexibleAssetAllocation,
  generalizedProtectiveMomentum,
  globalEquitiesMomentum,
  globalTacticalAssetAllocation,
  growthTrendTiming,
  hybridAssetAllocation,
  kipnisDefensiveAdaptive,
  lethargicAssetAllocation,
  macdTrend,
  movingAverageCrossover,
  movingAverageTrend,
  protectiveAssetAllocation,
  resilientAssetAllocation,
  riskParity,
  rsiReversion,
  staticAllocation,
  targetVolatility,
  timeSeriesMomentum,
  vigilantAssetAllocation,
};

/** The strategies that come with the service. */
export const builtInStrategies: readonly Strategy[] = [
  boldAssetAllocation,
  hybridAssetAllocation,
  vigilantAssetAllocation,
  defensiveAssetAllocation,
  protectiveAssetAllocation,
  generalizedProtectiveMomentum,
  flexibleAssetAllocation,
  elasticAssetAllocation,
  lethargicAssetAllocation,
  resilientAssetAllocation,
  growthTrendTiming,
  globalEquitiesMomentum,
  acceleratingDualMomentum,
  compositeDualMomentum,
  timeSeriesMomentum,
  globalTacticalAssetAllocation,
  adaptiveAssetAllocation,
  kipnisDefensiveAdaptive,
  staticAllocation,
  riskParity,
  targetVolatility,
  movingAverageCrossover,
  movingAverageTrend,
  macdTrend,
  rsiReversion,
  bollingerReversion,
  donchianBreakout,
];
