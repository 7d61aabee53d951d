import type { CsvFile, DayOrder, DecimalMark } from "./csv-file.ts";

/** The format of a file. Null: its beginning does not show it. */
export interface Layout {
  readonly delimiter: string;
  readonly dayOrder: DayOrder | null;
  readonly decimal: DecimalMark | null;
}

/** Determines the format of a file from the user's options and its beginning. */
export function layoutOf(beginning: string, { dayOrder, decimal }: CsvFile): Layout {
  const delimiter = /^sep=(.)/i.exec(beginning)?.[1] ?? delimiterOf(firstLine(beginning));
  return {
    delimiter,
    dayOrder: dayOrder ?? dayOrderOf(beginning),
    decimal: decimal ?? decimalOf(beginning, delimiter),
  };
}

/** The text with everything that may precede a header blanked: comments (`# …`) and Excel's line `sep=;`. Line numbers stay the same. */
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

/** The delimiter that splits the header into most words; the first of equal ones. */
function delimiterOf(header: string): string {
  const words = (delimiter: string) => header.split(delimiter).filter((field) => /\p{L}/u.test(field)).length;
  return [",", ";", "\t", "|"].reduce((best, delimiter) => (words(delimiter) > words(best) ? delimiter : best));
}

/** A number above 12 is not a month. */
function dayOrderOf(text: string): DayOrder | null {
  const orders = new Set<DayOrder>();
  for (const [, first, , second] of text.matchAll(/(?<![\d./-])(\d{1,2})([./-])(\d{1,2})\2\d{4}(?!\d)/g)) {
    if (Number(first) > 12) orders.add("dmy");
    if (Number(second) > 12) orders.add("mdy");
  }
  return orders.size === 1 ? [...orders][0]! : null;
}

/** If both marks occur, the point is the decimal mark and the comma separates thousands or fields. */
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
