import { pipeline } from "node:stream/promises";
import { CsvError, parse } from "csv-parse";
import { type CsvFile, InvalidRowError, refused } from "./csv-file.ts";
import { decodeCsv } from "./decode-csv.ts";
import { type Layout, layoutOf, withoutPreamble } from "./layout.ts";

/** Makes rows of the records of a file. */
export interface RecordReader<Row> {
  /**
   * The rows of a record, or none: for a header, say.
   * @throws InvalidRowError for a record that is refused
   */
  read(record: readonly string[], line: number): Row | readonly Row[] | null;
  /** Called after the last record. @throws InvalidRowError when the file lacks something */
  end(): void;
}

/**
 * Reads the records of a CSV file. Its layout is recognised from the first 64 kB; after them one chunk is in memory.
 * @throws DomainError `invalid` with file, line and reason at the first record that cannot be read or is refused
 */
export async function* readRecords<Row extends object>(
  csv: AsyncIterable<Uint8Array>,
  file: CsvFile,
  open: (layout: Layout) => RecordReader<Row>,
): AsyncGenerator<Row> {
  const text = decodeCsv(csv, file);
  const beginning = await take(text, beginningLength);
  const layout = layoutOf(beginning.slice(0, beginningLength), file);
  const reader = open(layout);
  const parser = parse({
    delimiter: layout.delimiter,
    trim: true,
    skip_empty_lines: true,
    skip_records_with_empty_values: true,
    relax_column_count: true,
    record_delimiter: ["\r\n", "\n", "\r"],
    max_record_size: maxRowLength,
    // Checked here, not in the loop below, so that the first error in the file is reported however its bytes arrive.
    on_record: (record, { lines }) => {
      try {
        return reader.read(record, lines) as unknown as ParsedType;
      } catch (error) {
        throw error instanceof InvalidRowError ? refused(file, lines, error.message) : error;
      }
    },
  });
  // A failure of either stream reaches the loop as an error of the parser.
  void pipeline(chain(withoutPreamble(beginning), text), parser).catch(() => undefined);
  try {
    for await (const rows of parser as AsyncIterable<Row | readonly Row[]>) {
      if (Array.isArray(rows)) yield* rows as readonly Row[];
      else yield rows as Row;
    }
    reader.end();
  } catch (error) {
    if (error instanceof InvalidRowError) throw refused(file, 1, error.message);
    throw error instanceof CsvError ? refused(file, Number(error["lines"]), explain(error)) : error;
  }
}

/** csv-parse gives the output of `on_record` the type of its input, but passes it on unchanged. */
type ParsedType = string[] | null;

/** Characters. A longer row has another format, or an unclosed quote. */
const maxRowLength = 10_000;

/** Characters by which the layout is recognised. */
const beginningLength = 65_536;

async function take(text: AsyncGenerator<string>, length: number): Promise<string> {
  let taken = "";
  while (taken.length < length) {
    const { value, done } = await text.next();
    if (done === true) break;
    taken += value;
  }
  return taken;
}

async function* chain(beginning: string, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  try {
    if (beginning !== "") yield beginning;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}

function explain(error: CsvError): string {
  switch (error.code) {
    case "CSV_MAX_RECORD_SIZE":
      return `the row is longer than ${maxRowLength} characters`;
    case "CSV_QUOTE_NOT_CLOSED":
      return "a quote is opened and never closed";
    default:
      return "a quote stands where none may be";
  }
}
