import * as zod from "zod";
import * as authoring from "../../strategy/authoring.ts";

export type Namespace = Readonly<Record<string, unknown>>;

/** Whether strategy files get the service's own copy of a package, wherever they are stored. */
export function isOfService(specifier: string): boolean {
  return specifier === "@strategy-executor/core" || specifier === "zod" || specifier.startsWith("zod/");
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

const loaded = new Map<string, Promise<Namespace>>([
  ["@strategy-executor/core", Promise.resolve(authoring)],
  ["zod", Promise.resolve(zod)],
]);
