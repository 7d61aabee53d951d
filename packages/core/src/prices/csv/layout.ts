import type { CsvFile, DayOrder, DecimalMark } from "./csv-file.ts";

/** How a file is written. Null is what its beginning does not tell. */
export interface Layout {
  readonly delimiter: string;
  readonly dayOrder: DayOrder | null;
  readonly decimal: DecimalMark | null;
}

/** How a file is written, by what its user says and by its beginning. */
export function layoutOf(beginning: string, { dayOrder, decimal }: CsvFile): Layout {
  const delimiter = /^sep=(.)/i.exec(beginning)?.[1] ?? delimiterOf(firstLine(beginning));
  return {
    delimiter,
    dayOrder: dayOrder ?? dayOrderOf(beginning),
    decimal: decimal ?? decimalOf(beginning, delimiter),
  };
}

/** The text with what may stand before a header emptied: comments (`# …`) and the line `sep=;` of Excel. Line numbers stay. */
export function withoutPreamble(beginning: string): string {
  return beginning.replace(/^(?:(?:[^\S\r\n]*#[^\r\n]*|sep=[^\r\n]|[^\S\r\n]*)(?:\r\n|\r|\n))+/i, (preamble) =>
    preamble.replaceAll(/[^\r\n]/g, ""),
  );
}

function firstLine(text: string): string {
  return withoutPreamble(text)
    .trimStart()
    .split(/[\r\n]/, 1)[0]!;
}

/** The one that the header has the most words with; of those alike the first. */
function delimiterOf(header: string): string {
  const words = (delimiter: string) => header.split(delimiter).filter((field) => /\p{L}/u.test(field)).length;
  return [",", ";", "\t", "|"].reduce((best, delimiter) => (words(delimiter) > words(best) ? delimiter : best));
}

/** A number above 12 is no month. */
function dayOrderOf(text: string): DayOrder | null {
  const orders = new Set<DayOrder>();
  for (const [, first, , second] of text.matchAll(/(?<![\d./-])(\d{1,2})([./-])(\d{1,2})\2\d{4}(?!\d)/g)) {
    if (Number(first) > 12) orders.add("dmy");
    if (Number(second) > 12) orders.add("mdy");
  }
  return orders.size === 1 ? [...orders][0]! : null;
}

/** Where both marks are seen it is the point, since a comma is not a decimal mark then. */
function decimalOf(text: string, delimiter: string): DecimalMark | null {
  const fields = text.split(/\r\n|\r|\n/).flatMap((line) => fieldsOf(line, delimiter));
  if (fields.some((field) => pointNumber.test(field))) return "point";
  return fields.some((field) => commaNumber.test(field)) ? "comma" : null;
}

/** Numbers whose decimal mark is certain: 4,742.83, 1,234,567, 10.5; 4.742,83, 1.234.567, 10,5. Three digits behind one mark may be thousands. */
const pointNumber = /^\D?\d{1,3}(,\d{3})+\.\d+$|^\D?\d{1,3}(,\d{3}){2,}$|^\D?\d+\.(\d{1,2}|\d{4,})$/;
const commaNumber = /^\D?\d{1,3}(\.\d{3})+,\d+$|^\D?\d{1,3}(\.\d{3}){2,}$|^\D?\d+,(\d{1,2}|\d{4,})$/;

/** Fields without escapes are enough to see numbers. */
function fieldsOf(line: string, delimiter: string): string[] {
  const fields = line.match(delimiter === "," ? /"[^"]*"|[^,"]+/g : /[^;\t|]+/g) ?? [];
  return fields.map((field) => field.replaceAll(/^["\s]+|["\s]+$/g, ""));
}
