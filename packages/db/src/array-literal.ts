/*
 * Arrays as one text parameter, cast in the statement (`$1::text::float8[]`): the drivers encode array parameters
 * differently, text they do not.
 */

/** For `::text::text[]`. */
export function textArray(values: readonly (string | null)[]): string {
  return `{${values.map((value) => (value === null ? "null" : quoted(value))).join(",")}}`;
}

/** For arrays of numbers and days, whose text needs no quotes. */
export function plainArray(values: readonly (number | string | null)[]): string {
  return `{${values.map((value) => value ?? "null").join(",")}}`;
}

function quoted(value: string): string {
  return special.test(value) ? `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"` : `"${value}"`;
}

const special = /["\\]/;
