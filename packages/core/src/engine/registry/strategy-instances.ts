import { config } from "zod";
import { builtInStrategies } from "../../strategies/index.ts";
import { isStrategy, type Strategy, StrategyError } from "../../strategy/strategy.ts";
import { forbidImpureGlobals } from "./impure-globals.ts";
import type { StrategySource } from "./loader.ts";
import { moduleInstances } from "./module-instances.ts";
import { pureStrategy } from "./pure-strategy.ts";

/** The strategies that a thread can run. */
export interface StrategyInstances {
  /** The strategy for one run. A user's strategy gets a new instance for each run, so that no run sees the variables of another. */
  instanceOf(name: string): Promise<Strategy>;
}

/** For use in a thread that only runs strategies: random numbers and the clock throw while a strategy decides. */
export function strategyInstances(sources: readonly StrategySource[]): StrategyInstances {
  if (sources.length > 0) {
    forbidImpureGlobals();
    // Zod would compile the schema of each instance, which takes longer than checking the parameters of one run.
    config({ jitless: true });
  }
  const builtIn = new Map(builtInStrategies.map((strategy) => [strategy.name, strategy]));
  const own = new Map(sources.map(({ name, module }) => [name, moduleInstances(module)]));
  return {
    async instanceOf(name) {
      const known = builtIn.get(name);
      if (known !== undefined) return known;
      const exports = (await own.get(name)?.()) ?? [];
      const made = exports.find((value): value is Strategy => isStrategy(value) && value.name === name);
      if (made === undefined) throw new StrategyError(`This worker has no strategy ${name}`);
      return pureStrategy(made);
    },
  };
}
