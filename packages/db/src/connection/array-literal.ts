import { type SQL, sql } from "drizzle-orm";

/*
 * Arrays as one text parameter, cast in the statement (`$1::text::float8[]`): the drivers encode array parameters
 * differently, text they do not.
 */

/** For `::text::text[]`. */
export function textArray(values: readonly (string | null)[]): string {
  return `{${values.map((value) => (value === null ? "null" : quoted(value))).join(",")}}`;
}

/**
 * An array of texts that hold no control character and are not empty, as JSON and Base64 are: to split it takes a small part
 * of what it takes to quote each text and to read it out of its quotes.
 */
export function splitTexts(texts: readonly (string | null)[]): SQL {
  return sql`string_to_array(${texts.map((text) => text ?? "").join(separator)}::text, chr(31), '')`;
}

const separator = "\u001f";

/** For arrays of numbers and days, whose text needs no quotes. */
export function plainArray(values: readonly (number | string | null)[]): string {
  return `{${values.map((value) => value ?? "null").join(",")}}`;
}

function quoted(value: string): string {
  return special.test(value) ? `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"` : `"${value}"`;
}

const special = /["\\]/;
