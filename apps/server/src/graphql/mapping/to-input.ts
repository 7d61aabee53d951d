import { DomainError } from "@strategy-executor/core";
import { z } from "zod";
import { toSnakeCase, wireNamesOf } from "./name-mapping.ts";
import { toNumber } from "./object-id.ts";
import { unwrapped, zodShape } from "./zod-shape.ts";

/**
 * Converts arguments to the input of an operation, guided by its schema: names to snake_case, ids to numbers, lists to the texts with commas
 * that REST has. Clients of GraphQL send null where the schemas expect absence; an edit keeps it, since it means something there.
 * @throws DomainError `invalid` for an id that is none
 */
export function toInput(schema: z.ZodObject, args: object, { keepsNull = false } = {}): Record<string, unknown> {
  const given = Object.entries(args).filter(([, value]) => value !== undefined && (keepsNull || value !== null));
  const fields = Object.keys(schema.shape);
  const converted = given.map(([name, value]) => {
    const wire = wireNamesOf(name).find((candidate) => fields.includes(candidate)) ?? toSnakeCase(name);
    const field = schema.shape[wire];
    return [wire, field === undefined ? value : toValue(field, value, { path: wire, keepsNull })];
  });
  return Object.fromEntries(converted) as Record<string, unknown>;
}

interface Place {
  readonly path: string;
  readonly keepsNull: boolean;
}

function toValue(schema: z.core.$ZodType, value: unknown, { path, keepsNull }: Place): unknown {
  const inner = unwrapped(schema);
  const field = path.split(".").findLast((segment) => !/^\d+$/.test(segment)) ?? "";
  if (inner instanceof z.ZodNumber && typeof value === "string") return toNumber(value, path);
  if (Array.isArray(value)) {
    if (inner instanceof z.ZodString) return toList(value, path);
    if (!(inner instanceof z.ZodArray)) return value as unknown;
    return value.map((element, index) => toValue(inner.element, element, { path: `${path}.${index}`, keepsNull }));
  }
  if (typeof value !== "object" || value === null) return value;
  const shape = zodShape(inner, field);
  if (shape.kind !== "object") return value;
  const { [shape.textField ?? ""]: text, ...others } = value as Record<string, unknown>;
  const given = Object.entries(others).filter(([, part]) => part !== undefined && (keepsNull || part !== null));
  if (typeof text === "string" && given.length === 0) return text;
  const parts = given.map(([name, part]) => {
    const wire = toSnakeCase(name);
    const of = shape.fields[wire];
    return [wire, of === undefined ? part : toValue(of, part, { path: `${path}.${wire}`, keepsNull })];
  });
  const object = Object.fromEntries(parts) as Record<string, unknown>;
  return typeof text === "string" ? { ...object, [shape.textField!]: text } : object;
}

/** Lists are texts with commas in addresses. */
function toList(values: readonly unknown[], path: string): string {
  if (values.length === 0)
    throw new DomainError("invalid", `${path}: must not be empty`, [{ path, message: "must not be empty" }]);
  return values
    .map((value, index) => (path.endsWith("ids") ? toNumber(String(value), `${path}.${index}`) : value))
    .join(",");
}
