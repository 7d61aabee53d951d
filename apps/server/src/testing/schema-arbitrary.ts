import { anyCharacter } from "@strategy-executor/core/testing";
import fc from "fast-check";
import { webPath } from "./web-path.ts";

/** The part of JSON Schema that the document uses in requests. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly examples?: readonly unknown[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly prefixItems?: readonly Schema[];
  readonly minItems?: number;
  readonly maxItems?: number;
}

type Components = Readonly<Record<string, object>>;

const understood = new Set([
  ..."$ref type anyOf enum examples pattern format minLength maxLength minimum exclusiveMinimum maximum".split(" "),
  ..."properties required additionalProperties items prefixItems minItems maxItems".split(" "),
  ..."title description default".split(" "),
]);

/**
 * Generates values that a schema accepts, its examples among them.
 * @throws Error for an unknown keyword, which might forbid the generated values
 */
export function schemaArbitrary(schema: Schema, components: Components): fc.Arbitrary<unknown> {
  const unknown = Object.keys(schema).filter((keyword) => !understood.has(keyword));
  if (unknown.length > 0) throw new Error(`No values can be made for ${unknown.join(", ")}`);
  if (schema.$ref !== undefined) {
    return schemaArbitrary(components[schema.$ref.replace("#/components/schemas/", "")]!, components);
  }
  const made = make(schema, components);
  // The example address is not ours.
  const { examples = [] } = schema.format === "uri" ? {} : schema;
  return examples.length === 0 ? made : fc.oneof(fc.constantFrom(...examples), made);
}

function make(schema: Schema, components: Components): fc.Arbitrary<unknown> {
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map((option) => schemaArbitrary(option, components)));
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (Array.isArray(schema.type)) return fc.oneof(...schema.type.map((type) => make({ ...schema, type }, components)));
  switch (schema.type) {
    case "null":
      return fc.constant(null);
    case "boolean":
      return fc.boolean();
    case "integer":
      return fc.integer(boundsOf(schema));
    case "number": {
      const { exclusiveMinimum, minimum = exclusiveMinimum ?? -1e6, maximum = 1e6 } = schema;
      return fc
        .double({ min: minimum, max: maximum, noNaN: true })
        .map((value) => (value === exclusiveMinimum ? maximum : value));
    }
    case "array":
      return array(schema, components);
    case "string":
      return text(schema);
    case "object":
      return object(schema, components);
    case undefined:
      return fc.jsonValue({ maxDepth: 5 });
    default:
      throw new Error(`No values can be made of type ${schema.type}`);
  }
}

function array({ items, prefixItems, minItems = 0, maxItems = 5 }: Schema, components: Components) {
  if (prefixItems !== undefined) return fc.tuple(...prefixItems.map((item) => schemaArbitrary(item, components)));
  return fc.array(schemaArbitrary(items ?? {}, components), { minLength: minItems, maxLength: Math.min(maxItems, 5) });
}

function boundsOf({ minimum, exclusiveMinimum, maximum }: Schema): { min: number; max: number } {
  const min = minimum ?? (exclusiveMinimum === undefined ? -1_000_000 : exclusiveMinimum + 1);
  // Small numbers are generated most often.
  return { min, max: Math.min(maximum ?? 1_000_000, 1_000_000) };
}

/** Instants that PostgreSQL can store. */
const instants = { min: new Date("1970-01-01T00:00:00Z"), max: new Date("2199-12-31T00:00:00Z") };

function text({ format, pattern, minLength = 0, maxLength = 200 }: Schema): fc.Arbitrary<string> {
  // A port where nothing listens.
  if (format === "uri") return webPath.map((path) => `http://127.0.0.1:1${path}`);
  if (format === "date")
    return fc.date({ noInvalidDate: true, ...instants }).map((instant) => instant.toISOString().slice(0, 10));
  if (format === "date-time")
    return fc.date({ noInvalidDate: true, ...instants }).map((instant) => instant.toISOString());
  if (pattern === undefined) {
    return fc
      .oneof(...unitNames.map((unit) => unitStrings(unit, minLength, Math.min(maxLength, 200))))
      .filter((value) => value.length >= minLength && value.length <= maxLength);
  }
  const expression = new RegExp(pattern, "u");
  // fast-check does not support every pattern; random text matches the rest often enough.
  return /\\p|\\P|\\0/.test(pattern)
    ? fc.string({ minLength: 1, maxLength: 30 }).filter((value) => expression.test(value))
    : fc.stringMatching(expression);
}

const units = { grapheme: "grapheme", character: anyCharacter, ascii: "grapheme-ascii" } as const;
const unitNames = ["grapheme", "character", "ascii"] as const;
const strings = new Map<string, fc.Arbitrary<string>>();

/** Making one takes milliseconds, and many fields have the same bounds. */
function unitStrings(unit: keyof typeof units, minLength: number, maxLength: number): fc.Arbitrary<string> {
  const key = `${unit} ${minLength} ${maxLength}`;
  const found = strings.get(key) ?? fc.string({ unit: units[unit], minLength, maxLength });
  strings.set(key, found);
  return found;
}

function object({ properties = {}, required = [], additionalProperties }: Schema, components: Components) {
  const named = fc.record(
    Object.fromEntries(Object.entries(properties).map(([name, inner]) => [name, schemaArbitrary(inner, components)])),
    { requiredKeys: [...required] },
  );
  if (additionalProperties === false || additionalProperties === undefined) return named;
  const others = fc.dictionary(fc.string({ maxLength: 20 }), fc.jsonValue({ maxDepth: 5 }), { maxKeys: 5 });
  return fc.tuple(others, named).map(([free, known]) => ({ ...free, ...known }));
}
