import stringWidth from "string-width";
import { toCsv, type Value } from "./csv.ts";
import { clean, paint, print, screenWidth, type Terminal } from "./terminal.ts";

/** A column of a table. */
export interface Column<Row> {
  /** The name of the field in the API. */
  readonly head: string;
  readonly value: (row: Row) => Value;
  /** Formats the value for a table; absent: as it is. CSV always has the value itself. */
  readonly show?: (value: number, row: Row) => string;
}

/** The format of results. */
export interface Format {
  readonly json?: boolean;
  readonly csv?: boolean;
}

/** Writes rows as a table or as CSV, or the API's answer as JSON. */
export function printRows<Row>(
  terminal: Terminal,
  format: Format,
  { answer, columns, rows }: { answer: unknown; columns: readonly Column<Row>[]; rows: readonly Row[] },
): void {
  if (format.json === true) return printJson(terminal, answer);
  if (format.csv === true) return void terminal.output.write(toCsv([headsOf(columns), ...valuesOf(columns, rows)]));
  for (const line of tableLines(terminal, columns, rows)) print(terminal, line);
}

/** Writes an answer of the API as it is. */
export function printJson(terminal: Terminal, answer: unknown): void {
  print(terminal, JSON.stringify(answer, null, 2));
}

/** One line of heads, then one line per row. On a terminal the last column is cut at the edge. */
function tableLines<Row>(terminal: Terminal, columns: readonly Column<Row>[], rows: readonly Row[]): string[] {
  const cells = rows.map((row) => columns.map((column) => toText(column, row)));
  const lines = [headsOf(columns), ...cells];
  const isNumber = columns.map(({ value }) => rows.some((row) => typeof value(row) === "number"));
  const widths = columns.map((_column, index) => Math.max(...lines.map((line) => stringWidth(line[index]!))));
  const edge = screenWidth(terminal);
  return lines.map((line, number) => {
    const padded = line
      .map((cell, index) => pad(cell, widths[index]!, isNumber[index]!))
      .join("  ")
      .trimEnd();
    const shown = edge === null ? padded : cut(padded, edge);
    return number === 0 ? paint(terminal, "bold", shown) : shown;
  });
}

function headsOf<Row>(columns: readonly Column<Row>[]): string[] {
  return columns.map(({ head }) => head);
}

function valuesOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): Value[][] {
  return rows.map((row) => columns.map(({ value }) => value(row)));
}

function toText<Row>({ value, show }: Column<Row>, row: Row): string {
  const found = value(row);
  if (found === null || found === undefined) return "-";
  if (typeof found === "number") return show === undefined ? plain(found) : show(found, row);
  return clean(String(found));
}

/** Limits the digits of a fraction. */
function plain(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
}

function pad(text: string, width: number, toTheRight: boolean): string {
  const space = " ".repeat(Math.max(0, width - stringWidth(text)));
  return toTheRight ? space + text : text + space;
}

/** Cuts a line that is wider than the terminal. */
function cut(line: string, width: number): string {
  if (stringWidth(line) <= width) return line;
  let shown = "";
  let used = 0;
  for (const { segment } of new Intl.Segmenter().segment(line)) {
    used += stringWidth(segment);
    if (used > width - 1) break;
    shown += segment;
  }
  return `${shown}…`;
}
