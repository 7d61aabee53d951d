import { asc, eq, sql } from "drizzle-orm";
import { plainArray, textArray } from "../connection/array-literal.ts";
import type { Db } from "../connection/database.ts";
import { rowsOf } from "../connection/rows.ts";
import { dataSeries } from "../schema.ts";
import { canBeStored } from "./prices.ts";

/** Summary of a stored data series. Days are ISO days, both included. */
export interface HeldSeries {
  readonly name: string;
  readonly firstDay: string;
  readonly lastDay: string;
  readonly rows: number;
  /** File of the values. */
  readonly source: string;
}

/** One value of a data series, with ISO days. */
export interface StoredPoint {
  readonly day: string;
  readonly knownOn: string;
  readonly value: number;
}

/** A data series to store. Its points ascend by day; there is at least one. */
export interface NewSeries {
  readonly name: string;
  readonly source: string;
  readonly points: readonly StoredPoint[];
  /** Digest of the points, in hexadecimal. */
  readonly sha256: string;
}

/** Outcome of storing a series: what it replaced, or null when there was nothing or the same points stay with their source. */
export interface StoredSeries {
  readonly replaced: HeldSeries | null;
  readonly unchanged: boolean;
}

/** Stores a series in the place of the one of its name. The last of two at once wins. */
export function storeDataSeries(db: Db, { name, source, points, sha256 }: NewSeries): Promise<StoredSeries> {
  return db.transaction(async (tx) => {
    const [before] = await tx
      .select({ ...summary, sha256: dataSeries.sha256 })
      .from(dataSeries)
      .where(eq(dataSeries.name, name))
      .for("update");
    if (before?.sha256 === sha256) return { replaced: null, unchanged: true };
    await tx.execute(sql`
      insert into data_series (name, source, days, known_on, values, sha256) values (${name}::text, ${source}::text,
        ${plainArray(points.map(({ day }) => day))}::text::date[],
        ${plainArray(points.map(({ knownOn }) => knownOn))}::text::date[],
        ${plainArray(points.map(({ value }) => value))}::text::float8[], ${sha256}::text)
      on conflict (name) do update set source = excluded.source, days = excluded.days, known_on = excluded.known_on,
        values = excluded.values, sha256 = excluded.sha256, loaded_at = now()`);
    return { replaced: before === undefined ? null : toHeld(before), unchanged: false };
  });
}

/** Lists all data series in alphabetical order. */
export async function listDataSeries(db: Db): Promise<HeldSeries[]> {
  const rows = await db.select(summary).from(dataSeries).orderBy(asc(dataSeries.name));
  return rows.map(toHeld);
}

/** Loads the series in the order of the names, and leaves out those that are not held. */
export async function loadDataSeries(
  db: Db,
  names: readonly string[],
): Promise<{ readonly name: string; readonly points: readonly StoredPoint[] }[]> {
  const wanted = textArray(names.filter(canBeStored));
  const rows = rowsOf<{ name: string; days: string; known_on: string; values: string }>(
    await db.execute(sql`
      select name, array_to_string(array(select to_char(day, 'YYYY-MM-DD') from unnest(days) day), ',') as days,
        array_to_string(array(select to_char(day, 'YYYY-MM-DD') from unnest(known_on) day), ',') as known_on,
        array_to_string(values, ',') as values
      from data_series where name = any(${wanted}::text::text[])
      order by array_position(${wanted}::text::text[], name)`),
  );
  return rows.map(({ name, days, known_on, values }) => {
    const [knownOn, numbers] = [known_on.split(","), values.split(",")];
    const points = days.split(",").map((day, index) => {
      return { day, knownOn: knownOn[index]!, value: Number(numbers[index]) };
    });
    return { name, points };
  });
}

/** Version of the series of these names: it changes whenever `loadDataSeries` would return something else. */
export async function dataSeriesVersion(db: Db, names: readonly string[]): Promise<string> {
  if (names.length === 0) return "";
  const wanted = textArray(names.filter(canBeStored));
  const rows = rowsOf<{ version: string | null }>(
    await db.execute(sql`
      select string_agg(name || ' ' || sha256, ',' order by name) as version
      from data_series where name = any(${wanted}::text::text[])`),
  );
  return rows[0]?.version ?? "";
}

/** Removes a series. Returns its summary; undefined if there was none. */
export async function removeDataSeries(db: Db, name: string): Promise<HeldSeries | undefined> {
  const [removed] = await db.delete(dataSeries).where(eq(dataSeries.name, name)).returning(summary);
  return removed === undefined ? undefined : toHeld(removed);
}

const summary = {
  name: dataSeries.name,
  source: dataSeries.source,
  firstDay: sql<string>`to_char(${dataSeries.days}[1], 'YYYY-MM-DD')`,
  lastDay: sql<string>`to_char(${dataSeries.days}[cardinality(${dataSeries.days})], 'YYYY-MM-DD')`,
  rows: sql<number>`cardinality(${dataSeries.days})`,
};

function toHeld({ name, firstDay, lastDay, rows, source }: HeldSeries): HeldSeries {
  return { name, firstDay, lastDay, rows: Number(rows), source };
}
