import { readdir, realpath } from "node:fs/promises";
import { registerHooks } from "node:module";
import { join, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { builtInStrategies } from "../../strategies/index.ts";
import { isRefusedStrategy, type RefusedStrategy } from "../../strategy/refused-strategy.ts";
import { isStrategy, type Strategy } from "../../strategy/strategy.ts";

/** What a folder of strategies held. */
export interface LoadedStrategies {
  /** In the order of the file names. */
  readonly strategies: readonly Strategy[];
  /** Files, or single strategies of them, that cannot be offered. */
  readonly refused: readonly { readonly file: string; readonly reason: string }[];
}

/**
 * Imports every module of the folder (`.ts`, `.mts`, `.js`, `.mjs`; not its subfolders, declarations or tests) and takes the
 * strategies it exports. A module is refused when importing it fails or it exports no strategy; a strategy when its name is
 * that of a built-in one or of one already loaded. In these modules `@strategy-executor/core` and `zod` mean the service's
 * own copies, wherever the folder lies. Each thread loads the folder for itself. Throws when the folder cannot be read.
 */
export async function loadStrategies(dir: string): Promise<LoadedStrategies> {
  const folder = await realpath(dir);
  provideImports(folder);
  const origins = new Map(builtInStrategies.map(({ name }) => [name, "a built-in strategy"]));
  const strategies: Strategy[] = [];
  const refused: { file: string; reason: string }[] = [];

  const entries = await readdir(folder, { withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory() && isModule(entry.name)).map(({ name }) => name);
  for (const file of files.toSorted()) {
    try {
      for (const strategy of await strategiesOf(join(folder, file))) {
        if (isRefusedStrategy(strategy)) {
          refused.push({ file, reason: firstLine(strategy.reason) });
          continue;
        }
        const origin = origins.get(strategy.name);
        if (origin === undefined) {
          origins.set(strategy.name, file);
          strategies.push(strategy);
        } else refused.push({ file, reason: `The name ${strategy.name} is taken by ${origin}` });
      }
    } catch (error) {
      refused.push({ file, reason: firstLine(String(error)) });
    }
  }
  return { strategies, refused };
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0]!;
}

async function strategiesOf(path: string): Promise<(Strategy | RefusedStrategy)[]> {
  // Links are followed first: what a module imports is resolved from where it really lies.
  const file = await realpath(path);
  provideImports(join(file, ".."));
  const exported = await within(loadLimitMs, import(pathToFileURL(file).href));
  const isDefined = (value: unknown): value is Strategy | RefusedStrategy =>
    isStrategy(value) || isRefusedStrategy(value);
  const strategies = new Set(Object.values(exported as Record<string, unknown>).filter(isDefined));
  if (strategies.size === 0) throw new TypeError("It exports nothing made by defineStrategy");
  return [...strategies];
}

/** A module may wait for something while it loads, but not for ever. */
const loadLimitMs = 10_000;

async function within(limitMs: number, loading: Promise<unknown>): Promise<unknown> {
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

const provided = new Set<string>();

/** Lets the modules below a folder import the service's packages, which Node would not find from there. */
function provideImports(folder: string): void {
  if (provided.has(folder)) return;
  provided.add(folder);
  const authoring = new URL("../../strategy/authoring.ts", import.meta.url).href;
  registerHooks({
    resolve(specifier, context, nextResolve) {
      if (!isBelow(folder, context.parentURL)) return nextResolve(specifier, context);
      if (specifier === "@strategy-executor/core") return { url: authoring, shortCircuit: true };
      const isZod = specifier === "zod" || specifier.startsWith("zod/");
      return nextResolve(specifier, isZod ? { ...context, parentURL: import.meta.url } : context);
    },
  });
}

/** Packages installed below the folder keep their own dependencies. */
function isBelow(folder: string, url: string | undefined): boolean {
  if (url?.startsWith("file:") !== true) return false;
  const path = fileURLToPath(url);
  return (
    path.startsWith(folder.endsWith(sep) ? folder : folder + sep) &&
    !path.slice(folder.length).includes(`${sep}node_modules${sep}`)
  );
}
