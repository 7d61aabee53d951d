/** A cell of a table. */
export type Value = string | number | boolean | null | undefined;

/** Lines of CSV (RFC 4180), each with its end, which is a bare line feed as programs of a shell expect it. */
export function toCsv(rows: readonly (readonly Value[])[]): string {
  return rows.map((row) => `${row.map(toField).join(",")}\n`).join("");
}

/**
 * Spreadsheets run text that begins like a formula. Such text gets an apostrophe in front. Numbers stay
 * numbers.
 */
function toField(value: Value): string {
  if (value === null || value === undefined) return "";
  if (typeof value !== "string") return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
