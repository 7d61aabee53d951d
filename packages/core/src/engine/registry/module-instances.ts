import { createRequire } from "node:module";
import { Script } from "node:vm";
import type { CompiledModule } from "./compiled-module.ts";
import { hostModule, type Namespace } from "./host-modules.ts";
import type { Host, ModuleFunction } from "./to-function-source.ts";

/** The exports of a fresh instance of a module. */
export type Instantiate = () => Promise<readonly unknown[]>;

/**
 * Prepares a compiled module. Each call of the returned function runs the module and its helper files from the start, so that no run sees
 * variables of an earlier one. The code is compiled at the first call.
 */
export function moduleInstances(module: CompiledModule): Instantiate {
  let prepared: Promise<() => Promise<Namespace>> | null = null;
  return async () => {
    prepared ??= prepare(module);
    const exports = await (await prepared)();
    const values = Object.values(exports);
    // A CommonJS module has one export, which may be an object of several strategies.
    if (module.format === "cjs" && values.length === 1 && isRecord(values[0])) values.push(...Object.values(values[0]));
    return values;
  };
}

async function prepare({ path, source, imports }: CompiledModule): Promise<() => Promise<Namespace>> {
  const modules = new Map<string, Namespace>();
  for (const specifier of imports) modules.set(specifier, await hostModule(specifier));
  const run = new Script(source, { filename: path }).runInThisContext() as ModuleFunction;
  const host: Host = {
    all: (specifier) => modules.get(specifier)!,
    one(specifier, name) {
      const all = modules.get(specifier)!;
      if (name in all) return all[name];
      throw new SyntaxError(`The module ${specifier} does not provide an export named ${name}`);
    },
  };
  const requireNatively = createRequire(path);
  const require = (specifier: string): unknown => {
    const all = modules.get(specifier);
    if (all === undefined) return requireNatively(specifier);
    // Node's name for the whole `module.exports` of a CommonJS module.
    return "module.exports" in all ? all["module.exports"] : all;
  };
  return () => run(host, require);
}

function isRecord(value: unknown): value is Namespace {
  return typeof value === "object" && value !== null;
}
