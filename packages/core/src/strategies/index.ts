import type { Strategy } from "../strategy/strategy.ts";
import { boldAssetAllocation } from "./bold-asset-allocation.ts";
import { movingAverageCrossover } from "./moving-average-crossover.ts";

export { boldAssetAllocation, movingAverageCrossover };

/** The strategies that come with the service. */
export const builtInStrategies: readonly Strategy[] = [boldAssetAllocation, movingAverageCrossover];
