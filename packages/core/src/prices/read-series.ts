import { DomainError } from "../common/domain-error.ts";
import { type CsvFile, InvalidRowError, quoted } from "./csv/csv-file.ts";
import type { Layout } from "./csv/layout.ts";
import { parseDay } from "./csv/parse-day.ts";
import { isBlank, parseNumber } from "./csv/parse-number.ts";
import { readRecords, type RecordReader } from "./csv/read-records.ts";

/** One value of a data series, with ISO days. */
interface SeriesPoint {
  readonly day: string;
  readonly knownOn: string;
  readonly value: number;
}

/** The values of a file, and how many of its days have none. */
export interface SeriesContent {
  /** By ascending days. */
  readonly points: readonly SeriesPoint[];
  readonly blankRows: number;
}

/**
 * Reads a data series from the bytes of a CSV file: rows of `date,value` or `month,value`, where a month is `2024-01` or its
 * first day, and optionally `known_on`, the first day on which the value was known; it is the day itself when absent. A row
 * without a value is a period that was never published. Days ascend or descend.
 * @param name of the series; a column of that name holds the values as well, as in downloads of FRED
 * @throws DomainError `invalid` with file, line and reason, and beyond 50,000 values
 */
export async function readSeries(csv: AsyncIterable<Uint8Array>, file: CsvFile, name: string): Promise<SeriesContent> {
  const points: SeriesPoint[] = [];
  let blankRows = 0;
  const rows = readRecords<SeriesPoint>(csv, file, (layout) =>
    rowReader(name, layout, () => {
      blankRows += 1;
    }),
  );
  for await (const point of rows) points.push(point);
  if (points.length === 0) throw new DomainError("invalid", `${file.name}: no row has a value`);
  return { points: points[0]!.day > points.at(-1)!.day ? points.toReversed() : points, blankRows };
}

/** Values of a day in two centuries. */
const maxPoints = 50_000;

interface Columns {
  readonly day: number;
  readonly value: number;
  readonly knownOn: number | null;
  readonly length: number;
}

function rowReader(name: string, layout: Layout, onBlank: () => void): RecordReader<SeriesPoint> {
  let columns: Columns | null = null;
  let last: string | undefined;
  let direction = 0;
  let count = 0;

  const follow = (day: string) => {
    if (last !== undefined) {
      if (day === last) throw new InvalidRowError(`${day} is there twice`);
      const step = day > last ? 1 : -1;
      if (direction !== 0 && step !== direction) {
        throw new InvalidRowError(
          `${day} after ${last}: the days ${direction === 1 ? "ascended" : "descended"} so far`,
        );
      }
      direction = step;
    }
    last = day;
    count += 1;
    if (count > maxPoints) throw new InvalidRowError(`more than ${maxPoints} rows`);
  };

  return {
    read(record) {
      if (columns === null) {
        columns = findColumns(record, name);
        return null;
      }
      if (record.length !== columns.length) {
        throw new InvalidRowError(`${record.length} fields, another number than in the header`);
      }
      const day = toDayOrMonth(record[columns.day]!, layout);
      follow(day);
      const [value, knownOn] = [record[columns.value]!, columns.knownOn === null ? "" : record[columns.knownOn]!];
      if (isBlank(value)) {
        onBlank();
        return null;
      }
      const known = knownOn === "" ? day : parseDay(knownOn, layout.dayOrder);
      if (known < day) throw new InvalidRowError(`known_on ${known} is before ${day}, the day of the value`);
      return { day, knownOn: known, value: parseNumber("value", value, layout.decimal) };
    },
    end() {
      if (columns === null) throw new InvalidRowError("the file is empty");
    },
  };
}

function findColumns(header: readonly string[], name: string): Columns {
  const names = header.map((column) => column.toLowerCase());
  const find = (...spellings: string[]) => {
    const places = names.flatMap((column, index) => (spellings.includes(column) ? index : []));
    if (places.length > 1) throw new InvalidRowError(`the column ${spellings[0]} is there twice`);
    return places[0] ?? null;
  };
  const day = find("date", "month", "observation_date", "day");
  const value = find("value", name.toLowerCase());
  if (day === null || value === null) {
    throw new InvalidRowError(
      `the column ${day === null ? "date" : "value"} is missing from the header ${quoted(header.join())}. ` +
        "A data series has the columns date (or month), value and, if need be, known_on",
    );
  }
  return { day, value, knownOn: find("known_on"), length: header.length };
}

function toDayOrMonth(text: string, { dayOrder }: Layout): string {
  return parseDay(/^\d{4}-\d{2}$/.test(text) ? `${text}-01` : text, dayOrder);
}
