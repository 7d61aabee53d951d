import { z } from "zod";
import { builder } from "../builder.ts";
import { enumWith } from "./enum-of.ts";
import { described } from "./field-descriptions.ts";
import { toArgumentName, toCamelCase } from "./name-mapping.ts";
import { withinOnce, zodShape } from "./zod-shape.ts";

/** Arguments as resolvers get them. `toInput` converts them for an operation. */
type Given = Record<string, NonNullable<unknown>>;

interface InputOptions {
  readonly description?: string;
  /** The wire names of fields that are left out. */
  readonly without?: readonly string[];
  /** Fields that GraphQL has in another form, by wire name. */
  readonly instead?: Readonly<Record<string, { readonly type: unknown; readonly description: string }>>;
}

/** Derives an input type, and those within it, from the input of an operation. */
export function inputOf(name: string, schema: z.core.$ZodType, { description, ...options }: InputOptions = {}) {
  const fields = fieldsOf(name, schema, options);
  const ref = builder.inputRef<Given>(name);
  const told = description ?? described(schema).description;
  ref.implement({
    ...(told !== undefined && { description: told }),
    fields: (t) =>
      Object.fromEntries(
        fields.map(({ wire, ...field }) => [toCamelCase(wire), t.field(field as { type: "JSON" })]),
      ) as never,
  });
  return ref;
}

/** Derives the arguments of a field from the input of an operation. `id`: the field that names the object it is about. */
export function argumentsOf(schema: z.core.$ZodType, { id, ...options }: InputOptions & { readonly id?: string } = {}) {
  const fields = fieldsOf("", schema, options);
  return builder.args((t) =>
    Object.fromEntries(
      fields.map(({ wire, ...field }) => [
        wire === id ? "id" : toArgumentName(wire),
        t.field(field as { type: "JSON" }),
      ]),
    ),
  );
}

interface InputField {
  readonly wire: string;
  readonly type: unknown;
  readonly required: boolean;
  readonly description?: string;
}

/** Input types by name. */
const derived = new Map<string, unknown>();

function fieldsOf(parent: string, schema: z.core.$ZodType, { without = [], instead = {} }: InputOptions): InputField[] {
  const shape = zodShape(schema, "");
  if (shape.kind !== "object") throw new TypeError(`${parent} has no fields`);
  return Object.entries(shape.fields).flatMap(([wire, field]) => {
    if (without.includes(wire)) return [];
    const required = !z.safeParse(field, undefined).success;
    const other = instead[wire];
    if (other !== undefined) return [{ wire, required, ...other }];
    return [{ wire, required, type: typeOf(parent, wire, field), ...described(field) }];
  });
}

function typeOf(parent: string, wire: string, schema: z.core.$ZodType): unknown {
  const shape = zodShape(schema, wire);
  const own = toCamelCase(wire);
  const name = `${parent.replace(/Input$/, "")}${own.charAt(0).toUpperCase()}${own.slice(1)}`;
  if (shape.kind === "scalar") return shape.name;
  if (shape.kind === "enum") return enumWith(name, shape.values, described(schema).description);
  if (shape.kind === "list") return [typeOf(parent, wire, shape.element)];
  const named = nameOf(schema) ?? `${name}Input`;
  const known = derived.get(named);
  if (known !== undefined) return known;
  const ref = inputOf(named, schema);
  derived.set(named, ref);
  return ref;
}

/** The name that the OpenAPI document has for a schema, made one of an input. */
function nameOf(schema: z.core.$ZodType): string | undefined {
  const { id } = z.globalRegistry.get(schema as z.ZodType) ?? {};
  if (id !== undefined) return id.endsWith("Input") ? id : `${id}Input`;
  const inner = withinOnce(schema);
  return inner === schema ? undefined : nameOf(inner);
}
