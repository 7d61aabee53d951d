import * as zod from "zod";
import * as authoring from "../../strategy/authoring.ts";

export type Namespace = Readonly<Record<string, unknown>>;

/** The service's own copies of packages. */
const own: ReadonlyMap<string, Namespace> = new Map<string, Namespace>([
  ["@strategy-executor/core", authoring],
  ["@strategy-executor/core/strategy", authoring],
  ["zod", zod],
]);

/** Whether strategy files get the service's own copy of a package, wherever they are stored. */
export function isOfService(specifier: string): boolean {
  return own.has(specifier) || specifier.startsWith("zod/");
}

/**
 * A module from outside a strategy file: a package of the service, a module of Node, or an installed package by its URL. All strategies of
 * a thread share one instance.
 */
export function hostModule(specifier: string): Promise<Namespace> {
  const known = loaded.get(specifier) ?? (import(specifier) as Promise<Namespace>);
  loaded.set(specifier, known);
  return known;
}

const loaded = new Map<string, Promise<Namespace>>([...own].map(([name, module]) => [name, Promise.resolve(module)]));
