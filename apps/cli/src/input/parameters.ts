import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { UsageError } from "../connection/failure.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { didYouMean } from "./suggest.ts";

/** The parts of a JSON Schema that decide how a value's text is read. */
interface ValueSchema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly items?: ValueSchema;
  readonly anyOf?: readonly ValueSchema[];
  readonly oneOf?: readonly ValueSchema[];
}

export interface ParametersSchema {
  readonly properties?: Readonly<Record<string, ValueSchema>>;
  readonly additionalProperties?: unknown;
}

/**
 * Reads `symbol=005930`: the value follows the parameter's JSON Schema, so that it stays text where text is meant. Without a
 * schema it is JSON if it parses, else text. A value that does not fit stays text, and the strategy says what is wrong.
 * @throws UsageError for text that is not an assignment, and for a name that is probably another one misspelt
 */
export function readAssignments(
  assignments: readonly string[],
  { properties, additionalProperties }: ParametersSchema,
): Record<string, unknown> {
  const known = Object.keys(properties ?? {});
  const entries = assignments.map((assignment): [string, unknown] => {
    const [, name, value] = /^([^=]+)=([^]*)$/.exec(assignment) ?? [];
    if (name === undefined || value === undefined)
      throw new UsageError(`Give a parameter as NAME=VALUE, not ${JSON.stringify(assignment)}`);
    const hint = additionalProperties === false && !known.includes(name) ? didYouMean(name, known) : "";
    if (hint !== "") throw new UsageError(`There is no parameter ${name}${hint}`);
    return [name, readValue(value, properties?.[name])];
  });
  return Object.fromEntries(entries);
}

/** Reads the text of one value by its schema. */
export function readValue(given: string, schema: ValueSchema | undefined): unknown {
  if (schema === undefined) return fromJson(given, given);
  const choices = schema.enum ?? (schema.const === undefined ? undefined : [schema.const]);
  if (choices !== undefined) return choices.find((choice) => String(choice) === given) ?? given;
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives !== undefined) {
    const read = alternatives.map((alternative) => readValue(given, alternative));
    const other = read.findIndex((value) => value !== given);
    return other === -1 ? given : read[other];
  }
  const types = typeof schema.type === "string" ? [schema.type] : (schema.type ?? []);
  for (const type of types) {
    const value = ofType(type, given, schema);
    if (value !== undefined) return value;
  }
  return types.length === 0 ? fromJson(given, given) : given;
}

/**
 * The parameters of a file of JSON, or of the standard input for `-`.
 * @throws UsageError when it cannot be read or holds no object
 */
export async function readParametersFile(
  path: string,
  { input }: Pick<Terminal, "input">,
): Promise<Record<string, unknown>> {
  const content = await (path === "-" ? text(input) : readFile(path, "utf8")).catch((error: Error) => {
    throw new UsageError(`${path} cannot be read: ${error.message}`);
  });
  return readObject(content, path);
}

/** @throws UsageError when the text is not a JSON object */
export function readObject(content: string, what: string): Record<string, unknown> {
  const value = fromJson(content, undefined);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new UsageError(`${what} is not a JSON object such as '{"variant": "BAA-G4"}'`);
}

function ofType(type: string, given: string, { items }: ValueSchema): unknown {
  switch (type) {
    case "number":
    case "integer": {
      const value = given.trim() === "" ? Number.NaN : Number(given);
      return Number.isFinite(value) ? value : undefined;
    }
    case "boolean":
      return given === "true" ? true : given === "false" ? false : undefined;
    case "null":
      return given === "null" ? null : undefined;
    case "array": {
      const value = fromJson(given, undefined);
      if (Array.isArray(value)) return value;
      return given === "" ? [] : given.split(",").map((item) => readValue(item.trim(), items));
    }
    case "object": {
      const value = fromJson(given, undefined);
      return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
    }
    default:
      return undefined;
  }
}

function fromJson(given: string, otherwise: unknown): unknown {
  try {
    return JSON.parse(given) as unknown;
  } catch {
    return otherwise;
  }
}
