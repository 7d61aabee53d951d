import { UsageError } from "../connection/failure.ts";
import { type ParametersSchema, readAssignments, readValue } from "./parameters.ts";

export type Axis =
  | (string | number | boolean)[]
  | { readonly from: number; readonly to: number; readonly step?: number };

/**
 * Reads `short_window=5..100:5`, a range of numbers with both ends, or `variant=BAA-G12,BAA-G4`, a list of values, each by the
 * parameter's schema.
 * @throws UsageError
 */
export function readAxes(axes: readonly string[], schema: ParametersSchema): Record<string, Axis> {
  if (axes.length === 0) throw new UsageError("Say what varies: --axis short_window=5..100:5");
  return Object.fromEntries(axes.map((axis): [string, Axis] => readAxis(axis, schema)));
}

function readAxis(axis: string, schema: ParametersSchema): [string, Axis] {
  const [name] = Object.keys(readAssignments([axis], schema));
  const given = axis.slice(name!.length + 1);
  const number = String.raw`-?\d+(?:\.\d+)?`;
  const [, from, to, step] = new RegExp(`^(${number})\\.\\.(${number})(?::(${number}))?$`).exec(given) ?? [];
  if (from !== undefined && to !== undefined) {
    return [name!, { from: Number(from), to: Number(to), ...(step !== undefined && { step: Number(step) }) }];
  }
  if (given === "") throw new UsageError(`Give ${name} values: ${name}=1..10 or ${name}=1,2,5`);
  const values = given.split(",").map((item) => readValue(item.trim(), schema.properties?.[name!]));
  const wrong = values.find((value) => !["string", "number", "boolean"].includes(typeof value));
  if (wrong !== undefined)
    throw new UsageError(`An axis holds numbers, text, true and false, not ${JSON.stringify(wrong)}`);
  return [name!, values as Axis];
}
