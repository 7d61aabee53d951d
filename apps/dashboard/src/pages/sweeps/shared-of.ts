import type { Sweep } from "@strategy-executor/client";

/** The parameters that all combinations of a sweep share, as texts of their fields. */
export function sharedOf({ parameters }: Pick<Sweep, "parameters">): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      name,
      typeof value === "string" ? value : Array.isArray(value) ? value.join(", ") : JSON.stringify(value),
    ]),
  );
}
