import { loadStrategies, type LoadedStrategies } from "./loader.ts";
import { builtInStrategies } from "../../strategies/index.ts";
import type { Strategy } from "../../strategy/strategy.ts";

export interface Registry {
  /** The built-in strategies and the user's, by name. */
  readonly strategies: ReadonlyMap<string, Strategy>;
  /** What of the user's cannot be offered, and why. */
  readonly refused: LoadedStrategies["refused"];
}

/** Loads every strategy that this thread can run. @throws when `dir` cannot be read. */
export async function loadRegistry(dir: string | undefined): Promise<Registry> {
  const { strategies, refused } = dir === undefined ? { strategies: [], refused: [] } : await loadStrategies(dir);
  const all = [...builtInStrategies, ...strategies];
  return { strategies: new Map(all.map((strategy) => [strategy.name, strategy])), refused };
}
