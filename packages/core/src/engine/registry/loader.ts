import { readdir, realpath } from "node:fs/promises";
import { builtInStrategies } from "../../strategies/index.ts";
import { isRefusedStrategy, type RefusedStrategy } from "../../strategy/refused-strategy.ts";
import { isStrategy, type Strategy } from "../../strategy/strategy.ts";
import { compileModule } from "./compile-module.ts";
import type { CompiledModule } from "./compiled-module.ts";
import { moduleInstances } from "./module-instances.ts";
import { pureStrategy } from "./pure-strategy.ts";

/** The contents of a folder of strategies. */
export interface LoadedStrategies {
  /** In the order of the file names. */
  readonly strategies: readonly Strategy[];
  /** The code of each strategy, for the threads. */
  readonly sources: readonly StrategySource[];
  /** Files, or single strategies in them, that were refused. */
  readonly refused: readonly { readonly file: string; readonly reason: string }[];
}

/** The name of a strategy and the module that defines it. */
export interface StrategySource {
  readonly name: string;
  readonly module: CompiledModule;
}

/**
 * Compiles every module of the folder (`.ts`, `.mts`, `.js`, `.mjs`; not its subfolders, declarations or tests) and loads the strategies it
 * exports. A module is refused if it cannot be compiled, throws or exports no strategy. A strategy is refused if its name is that of a
 * built-in one or of one already loaded. In these modules `@strategy-executor/core` and `zod` mean the service's own copies, wherever the
 * folder is. Throws if the folder cannot be read.
 */
export async function loadStrategies(dir: string): Promise<LoadedStrategies> {
  const folder = await realpath(dir);
  const origins = new Map(builtInStrategies.map(({ name }) => [name, "a built-in strategy"]));
  const strategies: Strategy[] = [];
  const sources: StrategySource[] = [];
  const refused: { file: string; reason: string }[] = [];

  const entries = await readdir(folder, { withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory() && isModule(entry.name)).map(({ name }) => name);
  const compiled = await Promise.all(
    files.toSorted().map(async (file) => ({ file, module: await compileModule(folder, file).catch(toError) })),
  );
  for (const { file, module } of compiled) {
    try {
      if (module instanceof Error) throw module;
      for (const strategy of await within(loadLimitMs, strategiesOf(module))) {
        if (isRefusedStrategy(strategy)) {
          refused.push({ file, reason: firstLine(strategy.reason) });
          continue;
        }
        const { name } = strategy;
        const origin = origins.get(name);
        if (origin === undefined) {
          origins.set(name, file);
          strategies.push(pureStrategy(strategy));
          sources.push({ name, module });
        } else refused.push({ file, reason: `The name ${name} is taken by ${origin}` });
      }
    } catch (error) {
      refused.push({ file, reason: firstLine(String(error)) });
    }
  }
  return { strategies, sources, refused };
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0]!;
}

async function strategiesOf(module: CompiledModule): Promise<(Strategy | RefusedStrategy)[]> {
  const isDefined = (value: unknown): value is Strategy | RefusedStrategy =>
    isStrategy(value) || isRefusedStrategy(value);
  const strategies = new Set((await moduleInstances(module)()).filter(isDefined));
  if (strategies.size === 0) throw new TypeError("It exports nothing made by defineStrategy");
  return [...strategies];
}

/** A module may use top-level await, but not forever. */
const loadLimitMs = 10_000;

async function within<Loaded>(limitMs: number, loading: Promise<Loaded>): Promise<Loaded> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`It does not finish loading within ${limitMs / 1000} s`)), limitMs);
  try {
    return await Promise.race([loading, late]);
  } finally {
    clearTimeout(timer);
  }
}

function isModule(file: string): boolean {
  return /\.m?[jt]s$/.test(file) && !/\.(test|spec|d)\.m?[jt]s$/.test(file);
}
