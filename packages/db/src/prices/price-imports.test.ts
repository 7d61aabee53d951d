import { sql } from "drizzle-orm";
import { expect, it } from "vitest";
import type { Db } from "../connection/database.ts";
import { connectDatabase } from "../connection/connect.ts";
import {
  deleteUnreferencedPrices,
  type ImportedTicker,
  insertPrices,
  publishPrices,
  startPriceImport,
  removeAbandonedPrices,
} from "./price-imports.ts";
import { listTickers, loadPrices } from "./prices.ts";
import { rowsOf } from "../connection/rows.ts";
import { describeDatabases } from "../testing/index.ts";

describeDatabases("an import of prices", (create) => {
  it("becomes visible when published, and replaces a ticker as a whole", async () => {
    await using test = await create();
    await using database = await connectDatabase(test.options);
    const { db } = database;
    const first = await stage(db, "first.csv", { A: [1, 2, 3], B: [4] });
    expect(await loadPrices(db, ["A", "B"])).toEqual([]);
    expect(await publishPrices(db, first.importId, first.tickers)).toEqual([
      { ticker: "A", replaced: null, unchanged: false },
      { ticker: "B", replaced: null, unchanged: false },
    ]);

    const second = await stage(db, "second.csv", { A: [9, 8] });
    expect(await closes(db)).toEqual({ A: [1, 2, 3], B: [4] });
    const [published] = await publishPrices(db, second.importId, second.tickers);
    expect(published).toMatchObject({
      unchanged: false,
      replaced: { ticker: "A", firstDay: "2020-01-01", lastDay: "2020-01-03", rows: 3, source: "first.csv" },
    });
    expect(published?.replaced?.importId).toBe(first.importId);
    expect(await closes(db)).toEqual({ A: [9, 8], B: [4] });

    await deleteUnreferencedPrices(db, [first.importId, second.importId]);
    expect(await storedRows(db)).toEqual({ [first.importId]: 1, [second.importId]: 2 });
    expect(await closes(db)).toEqual({ A: [9, 8], B: [4] });
  });

  it("keeps rows, version and source of a ticker imported again unchanged", async () => {
    await using test = await create();
    await using database = await connectDatabase(test.options);
    const { db } = database;
    const first = await stage(db, "first.csv", { A: [1, 2], B: [4] });
    await publishPrices(db, first.importId, first.tickers);
    const again = await stage(db, "again.csv", { A: [1, 2], B: [5] });
    const published = await publishPrices(db, again.importId, again.tickers);
    await deleteUnreferencedPrices(db, [first.importId, again.importId]);
    expect(published.map(({ unchanged }) => unchanged)).toEqual([true, false]);
    const loaded = await loadPrices(db, ["A", "B"]);
    expect(loaded.map(({ importId, source }) => [importId, source])).toEqual([
      [first.importId, "first.csv"],
      [again.importId, "again.csv"],
    ]);
    expect(await storedRows(db)).toEqual({ [first.importId]: 2, [again.importId]: 1 });
  });

  it("leaves nothing when it is aborted, however many rows it has written", async () => {
    await using test = await create();
    await using database = await connectDatabase(test.options);
    const { db } = database;
    const many = Array.from({ length: 12_000 }, (_, index) => index + 1);
    const { importId } = await stage(db, "large.csv", { A: many, B: [1] });
    await deleteUnreferencedPrices(db, [importId]);
    expect(await storedRows(db)).toEqual({});
    expect(rowsOf(await db.execute(sql`select id from price_imports`))).toEqual([]);
  });

  it("is never mixed with a concurrent import", async () => {
    await using test = await create();
    await using database = await connectDatabase(test.options);
    const { db } = database;
    const one = { A: [1, 1], B: [1, 1], C: [1] };
    const two = { C: [2], B: [2, 2, 2], A: [2, 2, 2] };
    const ids = await Promise.all(
      [one, two].map(async (content, index) => {
        const { importId, tickers } = await stage(db, `${index + 1}.csv`, content);
        const published = await publishPrices(db, importId, tickers);
        const replaced = published.flatMap((ticker) => ticker.replaced?.importId ?? []);
        await deleteUnreferencedPrices(db, [importId, ...replaced]);
        return importId;
      }),
    );
    const held = await loadPrices(db, ["A", "B", "C"]);
    const winner = held[0]!.importId;
    expect(ids).toContain(winner);
    expect(await closes(db)).toEqual(winner === ids[0] ? one : two);
    expect(Object.keys(await storedRows(db))).toEqual([String(winner)]);
  });

  it("is removed when its process has died, by age or by the only process, and then cannot be published", async () => {
    await using test = await create();
    await using database = await connectDatabase(test.options);
    const { db } = database;
    const held = await stage(db, "held.csv", { A: [1] });
    await publishPrices(db, held.importId, held.tickers);
    const dead = await stage(db, "dead.csv", { A: [2], B: [3] });
    const alive = await stage(db, "alive.csv", { C: [4] });
    await db.execute(
      sql`update price_imports set started_at = now() - interval '7 hours' where id in (${held.importId}, ${dead.importId})`,
    );
    await removeAbandonedPrices(db);
    expect(await storedRows(db)).toEqual({ [held.importId]: 1, [alive.importId]: 1 });
    await expect(publishPrices(db, dead.importId, dead.tickers)).rejects.toThrow("given up");
    await removeAbandonedPrices(db, { noImportRunning: true });
    expect(await storedRows(db)).toEqual({ [held.importId]: 1 });
    expect(await closes(db)).toEqual({ A: [1] });
  });
});

/** Writes rows for each ticker, one a day from 2020-01-01, and says what was written. */
async function stage(db: Db, source: string, content: Record<string, readonly number[]>) {
  const importId = await startPriceImport(db, source);
  const tickers: ImportedTicker[] = [];
  for (const [ticker, values] of Object.entries(content)) {
    const rows = values.map((adjClose, index) => ({ ticker, day: isoDay(index), close: adjClose, adjClose }));
    await insertPrices(db, importId, rows);
    const lastDay = rows.at(-1)!.day;
    tickers.push({
      ticker,
      firstDay: isoDay(0),
      lastDay,
      rows: rows.length,
      sha256: values.join("f").padStart(64, "0"),
      exchange: null,
      usualExchange: "XNYS",
      bars: [],
      warnings: [],
    });
  }
  return { importId, tickers };
}

function isoDay(index: number): string {
  return new Date(Date.UTC(2020, 0, 1 + index)).toISOString().slice(0, 10);
}

async function closes(db: Db): Promise<Record<string, number[]>> {
  const held = (await listTickers(db)).map(({ ticker }) => ticker);
  return Object.fromEntries((await loadPrices(db, held)).map((loaded) => [loaded.ticker, [...loaded.closes]]));
}

/** Rows by import, the unseen ones included. */
async function storedRows(db: Db): Promise<Record<string, number>> {
  const rows = rowsOf<{ id: number | string; n: number }>(
    await db.execute(sql`select import_id as id, count(*)::int as n from prices group by import_id`),
  );
  return Object.fromEntries(rows.map(({ id, n }) => [String(id), n]));
}
