import { z } from "zod";

/** What GraphQL has for a zod schema. */
export type ZodShape =
  | { readonly kind: "scalar"; readonly name: ScalarName }
  | { readonly kind: "enum"; readonly values: readonly string[] }
  | { readonly kind: "list"; readonly element: z.core.$ZodType }
  | {
      readonly kind: "object";
      /** Fields by wire name. Those of alternatives are all optional. */
      readonly fields: Readonly<Record<string, z.core.$ZodType>>;
      /** Whether values may have further fields. */
      readonly isOpen: boolean;
      /** The field for an alternative that is a plain text. */
      readonly textField?: string;
    };

type ScalarName = "String" | "Int" | "Float" | "SafeInt" | "Boolean" | "ID" | "Date" | "DateTime" | "JSON";

/** Integers that may exceed 32 bits and identify nothing. */
const wideIntegers = new Set(["seed"]);

/** The name of the field for a text among alternatives: a time of day is `16:30`, or minutes after the close. */
const textField = "at";

/** `field`: the wire name of the field with this schema, which tells ids from other numbers. */
export function zodShape(schema: z.core.$ZodType, field: string): ZodShape {
  const inner = unwrapped(schema);
  const declared = z.globalRegistry.get(schema as z.ZodType)?.["type"];
  if (declared === "boolean") return scalar("Boolean");
  if (declared === "string") return scalar("String");
  if (inner !== schema) return zodShape(inner, field);
  if (inner instanceof z.ZodEnum) return { kind: "enum", values: inner.options.map(String) };
  if (inner instanceof z.ZodArray) return { kind: "list", element: inner.element };
  if (inner instanceof z.ZodTuple) return { kind: "list", element: inner.def.items[0]! };
  if (inner instanceof z.ZodObject) {
    return { kind: "object", fields: inner.shape, isOpen: inner.def.catchall instanceof z.ZodUnknown };
  }
  if (inner instanceof z.ZodUnion) return shapeOfUnion(inner, field);
  if (inner instanceof z.ZodNumber) return scalar(nameOfNumber(inner, field));
  if (inner instanceof z.ZodBoolean) return scalar("Boolean");
  if (inner instanceof z.ZodISODate) return scalar("Date");
  if (inner instanceof z.ZodISODateTime) return scalar("DateTime");
  if (inner instanceof z.ZodString || inner instanceof z.ZodLiteral) return scalar(isId(field) ? "ID" : "String");
  return scalar("JSON");
}

/** The schema without what only says that a value may be absent or null, and without the result of a conversion. */
export function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  const inner = withinOnce(schema);
  return inner === schema ? schema : unwrapped(inner);
}

/** The schema below the outermost of these wrappers; the schema itself without one. */
export function withinOnce(schema: z.core.$ZodType): z.core.$ZodType {
  const isWrapped =
    schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault;
  if (isWrapped) return schema.unwrap();
  return schema instanceof z.ZodPipe ? schema.in : schema;
}

/**
 * The schema of what built-in strategies report, where a user's strategy may report anything instead; null elsewhere.
 */
export function builtInPart(schema: z.core.$ZodType): z.core.$ZodType | null {
  const inner = unwrapped(schema);
  if (!(inner instanceof z.ZodUnion)) return null;
  const [known, other, ...more] = inner.options;
  return other instanceof z.ZodUnknown && more.length === 0 ? known! : null;
}

function shapeOfUnion(union: z.ZodUnion, field: string): ZodShape {
  const builtIn = builtInPart(union);
  if (builtIn !== null) return zodShape(builtIn, field);
  const options = union.options.map(unwrapped);
  const objects = options.filter((option) => option instanceof z.ZodObject);
  const hasText = options.some((option) => option instanceof z.ZodString);
  if (objects.length === 0 || objects.length + Number(hasText) < options.length) return scalar("JSON");
  const texts = z.string().optional().meta({ description: "As a text, such as `16:30`." });
  const all = objects.flatMap(({ shape }) => Object.entries(shape));
  const optional = all.map(([name, alternative]) => [name, z.optional(alternative)] as const);
  return {
    kind: "object",
    fields: Object.fromEntries([...(hasText ? [[textField, texts] as const] : []), ...optional]),
    isOpen: false,
    ...(hasText && { textField }),
  };
}

function nameOfNumber(schema: z.ZodNumber, field: string): ScalarName {
  if (isId(field)) return "ID";
  if (!schema.isInt) return "Float";
  return wideIntegers.has(field) ? "SafeInt" : "Int";
}

function isId(field: string): boolean {
  return /(?:^|_)ids?$/.test(field) || field === "retry_of";
}

function scalar(name: ScalarName): ZodShape {
  return { kind: "scalar", name };
}
