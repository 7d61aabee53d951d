import { z } from "zod";
import { builder } from "../builder.ts";
import { enumWith } from "./enum-of.ts";
import { described } from "./field-descriptions.ts";
import { toCamelCase } from "./name-mapping.ts";
import { builtInPart, unwrapped, zodShape } from "./zod-shape.ts";

type Plain = Readonly<Record<string, unknown>>;
type Fields = Readonly<Record<string, z.core.$ZodType>>;

/** Names of types by the path of their field, such as `metrics.best_year`. Others are named after their parent and field. */
export type TypeNames = Readonly<Record<string, string>>;

/** Descriptions of types by name, where the schema describes only their fields. */
export type TypeDescriptions = Readonly<Record<string, string>>;

/**
 * Derives an object type, and those within it, from the schema of an operation, so that fields and descriptions are written once. Maps by
 * ticker or parameter are JSON. An open object has the field `own` for what its schema does not name.
 */
export function outputOf(
  name: string,
  schema: z.core.$ZodType,
  names: TypeNames = {},
  descriptions: TypeDescriptions = {},
) {
  return objectOf(name, schema, { names, descriptions, path: "", field: "" });
}

/** Where a type is derived: names and descriptions of types, and the path and the name of its field. */
interface Place {
  readonly names: TypeNames;
  readonly descriptions: TypeDescriptions;
  readonly path: string;
  readonly field: string;
}

type ObjectRef = ReturnType<typeof builder.objectRef<Plain>>;

/** Types by name. The same name stands for the same fields. */
const derived = new Map<string, { readonly ref: ObjectRef; readonly fields: string }>();

function objectOf(name: string, schema: z.core.$ZodType, place: Place): ObjectRef {
  const shape = zodShape(schema, place.field);
  if (shape.kind !== "object") throw new TypeError(`${name} has no fields`);
  const { fields, isOpen, textField } = shape;
  const listed = Object.keys(fields).join(", ");
  const known = derived.get(name);
  if (known !== undefined) {
    if (known.fields !== listed) throw new TypeError(`${name} stands for two types: ${known.fields}; ${listed}`);
    return known.ref;
  }
  const ref = builder.objectRef<Plain>(name);
  derived.set(name, { ref, fields: listed });
  // Before the fields are built, so that the first to use an enumeration names it.
  const typed = Object.entries(fields).map(([field, inner]) => {
    const path = place.path === "" ? field : `${place.path}.${field}`;
    return { field, inner, ...fieldType(name, inner, { ...place, path, field }) };
  });
  ref.implement({
    ...described(unwrapped(schema)),
    ...(place.descriptions[name] !== undefined && { description: place.descriptions[name] }),
    fields: (t) => ({
      ...Object.fromEntries(
        typed.map(({ field, inner, type, nullable }) => [
          toCamelCase(field),
          t.field({
            type: type as "JSON",
            nullable: nullable as true,
            ...described(described(inner).description === undefined ? builtInPart(inner) : inner),
            resolve: (parent) =>
              field === textField ? (typeof parent === "string" ? parent : null) : valueOf(parent, field, inner),
          }),
        ]),
      ),
      ...(isOpen && {
        own: t.field({
          type: "JSON",
          nullable: true,
          description: "Further fields that a strategy reports, as JSON with their own names; null without any.",
          resolve: (parent) => ownOf(parent, fields),
        }),
      }),
    }),
  });
  return ref;
}

/** The type parameter of a field, and whether it and its elements are nullable. */
function fieldType(parent: string, schema: z.core.$ZodType, place: Place): { type: unknown; nullable: unknown } {
  const isNullable = z.safeParse(schema, null).success || z.safeParse(schema, undefined).success;
  const shape = zodShape(builtInPart(schema) ?? schema, place.field);
  const nullable = isNullable || builtInPart(schema) !== null;
  switch (shape.kind) {
    case "scalar":
      return { type: shape.name, nullable };
    case "enum":
      return { type: enumWith(nameOf(parent, place), shape.values, described(schema).description), nullable };
    case "object":
      return { type: objectOf(nameOf(parent, place), builtInPart(schema) ?? schema, place), nullable };
    case "list": {
      const element = fieldType(parent, shape.element, place);
      // A table: GraphQL clients read it whole.
      if (Array.isArray(element.type)) return { type: "JSON", nullable };
      return { type: [element.type], nullable: { list: nullable, items: element.nullable } };
    }
  }
}

function nameOf(parent: string, { names, path, field }: Place): string {
  const own = toCamelCase(field);
  return names[path] ?? `${parent}${own.charAt(0).toUpperCase()}${own.slice(1)}`;
}

function valueOf(parent: Plain, field: string, schema: z.core.$ZodType): unknown {
  const value = typeof parent === "object" ? parent[field] : undefined;
  return value === undefined || !isAsBuiltIn(schema, value) ? null : value;
}

/** What a value has beyond the fields of its schema, and what differs from them. */
function ownOf(parent: Plain, fields: Fields): Plain | null {
  const own = Object.entries(parent).filter(([name, value]) => {
    const schema = Object.hasOwn(fields, name) ? fields[name] : undefined;
    return schema === undefined || !isAsBuiltIn(schema, value);
  });
  return own.length === 0 ? null : Object.fromEntries(own);
}

function isAsBuiltIn(schema: z.core.$ZodType, value: unknown): boolean {
  const builtIn = builtInPart(schema);
  return builtIn === null || z.safeParse(builtIn, value).success;
}
