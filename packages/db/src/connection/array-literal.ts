import { type SQL, sql } from "drizzle-orm";

/*
 * Arrays travel as one text parameter with a cast in the statement (`$1::text::float8[]`), because the drivers encode array
 * parameters differently.
 */

/** Array literal for any texts, for `::text::text[]`. */
export function textArray(values: readonly (string | null)[]): string {
  return `{${values.map((value) => (value === null ? "null" : quoted(value))).join(",")}}`;
}

/**
 * SQL that builds an array from texts that are not empty and hold no control character, such as JSON and Base64. Splitting at
 * a separator costs a fraction of quoting each text and parsing the quotes.
 */
export function splitTexts(texts: readonly (string | null)[]): SQL {
  return sql`string_to_array(${texts.map((text) => text ?? "").join(separator)}::text, chr(31), '')`;
}

const separator = "\u001f";

/** Array literal for values whose text needs no quotes, such as numbers and days. */
export function plainArray(values: readonly (number | string | null)[]): string {
  return `{${values.map((value) => value ?? "null").join(",")}}`;
}

function quoted(value: string): string {
  return special.test(value) ? `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"` : `"${value}"`;
}

const special = /["\\]/;
