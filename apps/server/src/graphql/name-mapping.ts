/*
 * Operations use snake_case, GraphQL camelCase. One mechanical mapping converts between them. JSON scalars (parameters,
 * results) are data and are never renamed.
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

/** GraphQL conventions for some input fields: Relay's names for pages, `id` for the object itself. */
const conventional: Readonly<Record<string, string>> = { limit: "first", cursor: "after", execution_id: "id" };

/** The GraphQL name of an operation's input field. */
export function toArgumentName(field: string): string {
  return conventional[field] ?? toCamelCase(field);
}

/**
 * Converts arguments to an operation's input. Clients of GraphQL send null where the schemas expect absence; an edit keeps it,
 * since it means something there.
 */
export function toInput(args: Readonly<Record<string, unknown>>, { keepsNull = false } = {}): Record<string, unknown> {
  const given = Object.entries(args).filter(([, value]) => value !== undefined && (keepsNull || value !== null));
  return Object.fromEntries(given.map(([name, value]) => [toSnakeCase(name), value]));
}

/** Converts the path of a bad field: the argument is renamed, the path inside a JSON value is not. */
export function toArgumentPath(path: string): string {
  const [name = "", ...within] = path.split(".");
  return [toArgumentName(name), ...within].join(".");
}
