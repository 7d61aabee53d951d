import { builtInStrategies } from "../../strategies/index.ts";
import type { Strategy } from "../../strategy/strategy.ts";
import { type LoadedStrategies, loadStrategies, type StrategySource } from "./loader.ts";

export interface Registry {
  /** The built-in strategies and the user's, by name, for catalogues and checks. */
  readonly strategies: ReadonlyMap<string, Strategy>;
  /** The code of the user's strategies, for the threads that run them. */
  readonly sources: readonly StrategySource[];
  /** The user's refused files and strategies, with reasons. */
  readonly refused: LoadedStrategies["refused"];
}

/** Loads every strategy of the service. @throws when `dir` cannot be read. */
export async function loadRegistry(dir: string | undefined): Promise<Registry> {
  const own: LoadedStrategies = dir === undefined ? none : await loadStrategies(dir);
  const all = [...builtInStrategies, ...own.strategies];
  const strategies = new Map(all.map((strategy) => [strategy.name, strategy]));
  return { strategies, sources: own.sources, refused: own.refused };
}

const none: LoadedStrategies = { strategies: [], sources: [], refused: [] };
