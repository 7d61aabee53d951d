import type { FieldError } from "../common/domain-error.ts";
import { parametersJsonSchema } from "../strategy/parameters.ts";
import type { Strategy } from "../strategy/strategy.ts";
import type { Grid } from "./grid.ts";

/** Finds errors that do not depend on the combination: unknown parameters, and parameters that are both fixed and varied. */
export function checkSweep(
  strategy: Strategy,
  parameters: Readonly<Record<string, unknown>>,
  grid: Grid,
): FieldError[] {
  const known = Object.keys(parametersJsonSchema(strategy).properties ?? {});
  const unknown = (path: string, name: string): FieldError[] =>
    known.includes(name) ? [] : [{ path, message: `${strategy.name} has no parameter ${name}` }];
  return [
    ...Object.keys(parameters).flatMap((name) => unknown(`parameters.${name}`, name)),
    ...Object.keys(grid.axes).flatMap((name) => {
      const path = `grid.axes.${name}`;
      return Object.hasOwn(parameters, name) ? [{ path, message: "Is fixed in parameters" }] : unknown(path, name);
    }),
  ];
}
