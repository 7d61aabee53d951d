import { builtInStrategies, operations, toStrategyDescription } from "@strategy-executor/core";
import { z } from "zod";
import { toCamelCase, toEnumName } from "./name-mapping.ts";
import { unwrapped } from "./zod-shape.ts";

/**
 * Reads the descriptions of a zod schema's fields, so that they are written in one place.
 *
 *     const describe = fieldDescriptions(Execution);
 *     t.expose("started_at", { type: "DateTime", ...describe("started_at") })
 */
export function fieldDescriptions<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
): (field: keyof Shape & string) => { readonly description?: string } {
  return (field) => described(schema.shape[field]);
}

/** The description of a schema, for the options of a field. */
export function described(schema: unknown): { readonly description?: string } {
  if (!(schema instanceof z.ZodType)) return {};
  const description = descriptionOf(schema);
  return description === undefined ? {} : { description: inGraphqlWords(description, valuesOf(schema)) };
}

/**
 * A description of the operations in the words of GraphQL: names of fields in camelCase, values in upper case. Parameters of strategies keep
 * their names. `values`: those of the enumeration that is described.
 */
export function inGraphqlWords(description: string, values: readonly string[] = []): string {
  const words = new Map(values.map((value) => [`\`${value}\``, `\`${toEnumName(value)}\``]));
  return description
    .replaceAll(/`[a-z0-9_-]+`/g, (text) => words.get(text) ?? text)
    .replaceAll(/(?<![\w.{"'/])[a-z]+(?:_[a-z0-9]+)+\b/g, (name) => (renamed().has(name) ? toCamelCase(name) : name));
}

function descriptionOf(schema: unknown): string | undefined {
  if (!(schema instanceof z.ZodType)) return undefined;
  if (schema.description !== undefined) return schema.description;
  const isWrapped =
    schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault;
  return isWrapped ? descriptionOf(schema.unwrap()) : undefined;
}

function valuesOf(schema: z.core.$ZodType): readonly string[] {
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodArray) return valuesOf(inner.element);
  return inner instanceof z.ZodEnum ? inner.options.map(String) : [];
}

let names: ReadonlySet<string> | undefined;

/** The names of all fields of operations, without those of strategies' parameters. */
function renamed(): ReadonlySet<string> {
  if (names !== undefined) return names;
  const found = new Set<string>();
  for (const { input, output } of operations) {
    collect(input, found);
    collect(output, found);
  }
  for (const strategy of builtInStrategies) {
    const { properties } = toStrategyDescription(strategy).parameters;
    for (const parameter of Object.keys(properties as object)) found.delete(parameter);
  }
  names = found;
  return found;
}

function collect(schema: z.core.$ZodType, found: Set<string>): void {
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodArray) collect(inner.element, found);
  if (inner instanceof z.ZodUnion) for (const option of inner.options) collect(option, found);
  if (!(inner instanceof z.ZodObject)) return;
  for (const [name, field] of Object.entries(inner.shape)) {
    found.add(name);
    collect(field, found);
  }
}
