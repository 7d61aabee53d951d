/*
 * Operations speak snake_case, GraphQL camelCase. One mechanical mapping leads from the one to the other; what JSON
 * scalars hold (parameters, results) is data and never renamed.
 */

type CamelCase<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name;

/** The shape of an operation's input as GraphQL spells it. */
export type CamelCased<Shape> = { [Name in keyof Shape as Name extends string ? CamelCase<Name> : never]: Shape[Name] };

/** `execution_id` to `executionId`. */
export function toCamelCase(name: string): string {
  return name.replaceAll(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
}

/** `executionId` to `execution_id`. */
export function toSnakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** What GraphQL's own conventions call some fields of inputs: Relay's words for pages, `id` for the one asked about. */
const conventional: Readonly<Record<string, string>> = { limit: "first", cursor: "after", execution_id: "id" };

/** What GraphQL calls a field of an operation's input. */
export function toArgumentName(field: string): string {
  return conventional[field] ?? toCamelCase(field);
}

/** Arguments as the input of an operation. GraphQL says null where the schemas say absent. */
export function toInput(args: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const given = Object.entries(args).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [toSnakeCase(name), value]));
}

/** The path of a bad field as the caller knows it: its argument is renamed, what lies within a JSON value is not. */
export function toArgumentPath(path: string): string {
  const [name = "", ...within] = path.split(".");
  return [toArgumentName(name), ...within].join(".");
}
