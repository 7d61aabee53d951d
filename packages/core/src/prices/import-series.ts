import { createHash } from "node:crypto";
import { type Db, type HeldSeries, listDataSeries, storeDataSeries } from "@strategy-executor/db";
import { z } from "zod";
import { limited } from "./limited.ts";
import type { CsvFile } from "./csv/csv-file.ts";
import { readSeries } from "./read-series.ts";

/** Syntax of names of data series. */
export const SeriesName = z
  .string()
  .regex(
    new RegExp(String.raw`^[A-Za-z0-9_.\-]{1,64}$`),
    "must be 1 to 64 letters, digits, dots, hyphens and underscores",
  )
  .meta({ description: "Name under which strategies read the series.", examples: ["UNRATE"] });

const held = {
  first_day: z.iso.date().meta({ description: "Day of the first value; for a monthly series the first of its month." }),
  last_day: z.iso.date().meta({ description: "Day of the last value." }),
  rows: z.int().meta({ description: "Number of values." }),
  source: z.string().meta({ description: "File that the values come from." }),
};

/** A stored data series, without its values. */
export const HeldDataSeries = z.object({ name: SeriesName, ...held }).meta({
  id: "HeldDataSeries",
  description: "Numbers by day or month that are not prices, such as an unemployment rate.",
});
export type HeldDataSeries = z.infer<typeof HeldDataSeries>;

/** Outcome of an import of a data series. */
export const DataSeriesReport = z
  .object({
    name: SeriesName,
    first_day: held.first_day,
    last_day: held.last_day,
    rows: held.rows,
    blank_rows: z.int().meta({ description: "Rows without a value: periods that were never published." }),
    replaced: z
      .object(held)
      .nullable()
      .meta({ description: "The stored values that were replaced; null if there were none." }),
    unchanged: z
      .boolean()
      .meta({ description: "Whether the same values were stored already. They then keep their source." }),
  })
  .meta({ id: "DataSeriesReport", description: "What an import of a data series has loaded and replaced." });
export type DataSeriesReport = z.infer<typeof DataSeriesReport>;

export interface SeriesImport extends CsvFile {
  /** Name of the series. `name` is the name of the file, stored as the source. */
  readonly series: string;
  /** The bytes of a CSV file as `readSeries` takes it. */
  readonly csv: AsyncIterable<Uint8Array>;
  /** Limit of the file's size. */
  readonly maxBytes?: number | undefined;
}

/**
 * Loads a data series from CSV and replaces the stored one of the same name. Equal values change nothing.
 * @throws DomainError `invalid` for a file that `readSeries` refuses, `payload_too_large` beyond `maxBytes`
 */
export async function importSeries(
  db: Db,
  { series, csv, maxBytes, ...file }: SeriesImport,
): Promise<DataSeriesReport> {
  const bytes = maxBytes === undefined ? csv : limited(csv, maxBytes, file.name);
  const { points, blankRows } = await readSeries(bytes, file, series);
  const sha256 = createHash("sha256")
    .update(points.map(({ day, knownOn, value }) => `${day},${knownOn},${value}\n`).join(""))
    .digest("hex");
  const { replaced, unchanged } = await storeDataSeries(db, { name: series, source: file.name, points, sha256 });
  return {
    name: series,
    first_day: points[0]!.day,
    last_day: points.at(-1)!.day,
    rows: points.length,
    blank_rows: blankRows,
    replaced: replaced === null ? null : extentOf(replaced),
    unchanged,
  };
}

/** The stored data series, without values, in alphabetical order. */
export async function listHeldSeries(db: Db): Promise<HeldDataSeries[]> {
  return (await listDataSeries(db)).map(toHeldSeries);
}

/** The same in wire format. */
export function toHeldSeries(stored: HeldSeries): HeldDataSeries {
  return { name: stored.name, ...extentOf(stored) };
}

function extentOf({ firstDay, lastDay, rows, source }: HeldSeries) {
  return { first_day: firstDay, last_day: lastDay, rows, source };
}
