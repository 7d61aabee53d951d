/*
 * Operations use snake_case, GraphQL camelCase, and upper case for the values of enumerations. One mechanical mapping converts between
 * them. JSON scalars (parameters, weights) are data and are never renamed.
 */

/** `execution_id` to `executionId`. */
export function toCamelCase(name: string): string {
  return name.replaceAll(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
}

/** `executionId` to `execution_id`. */
export function toSnakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** `given_up` to `GIVEN_UP`, `month-end` to `MONTH_END`. */
export function toEnumName(value: string): string {
  return value.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_");
}

/** GraphQL conventions for some input fields: Relay's names for pages. */
const conventional: Readonly<Record<string, string>> = { limit: "first", cursor: "after" };

/** Input fields that name the object which an operation is about: the argument `id`. */
const ownIds = ["execution_id", "schedule_id", "secret_id"];

/** The GraphQL name of an operation's input field, as an argument. */
export function toArgumentName(field: string): string {
  return conventional[field] ?? toCamelCase(field);
}

/** The input fields of operations that an argument can stand for. */
export function wireNamesOf(argument: string): readonly string[] {
  if (argument === "id") return ownIds;
  const other = Object.keys(conventional).filter((field) => conventional[field] === argument);
  return [...other, toSnakeCase(argument)];
}
