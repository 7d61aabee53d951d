import { createReadStream } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { connectDatabase, type Db, listTickers } from "@strategy-executor/db";
import { describeDatabases } from "@strategy-executor/db/testing";
import { expect, it } from "vitest";
import { fundPricesFile, hasReferenceData } from "../testing/prices.ts";
import { importPrices } from "./import-prices.ts";

describeDatabases("importPrices", (create) => {
  it.runIf(hasReferenceData)(
    "loads 41 ETFs while others read, and again without a change (needs ../shared/data)",
    async () => {
      await using test = await create();
      await using database = await connectDatabase(test.options);
      const { db } = database;
      const loading = importPrices(db, { name: "etf-daily.csv", csv: createReadStream(fundPricesFile) });
      let done = false;
      const report = loading.finally(() => (done = true));
      while (!done) {
        expect([0, 41]).toContain((await listTickers(db)).length);
        await pause(10);
      }
      expect(await report).toMatchObject({ rows: 227_488, tickers: { length: 41 } });
      const held = await listTickers(db);
      expect(held).toContainEqual({
        ticker: "SPY",
        firstDay: "1993-01-29",
        lastDay: "2026-07-31",
        rows: 8433,
        source: "etf-daily.csv",
        exchange: "XNYS",
        bars: [],
        warnings: [],
      });
      const again = await importPrices(db, { name: "again.csv", csv: createReadStream(fundPricesFile) });
      expect(again.tickers.every(({ unchanged, replaced }) => unchanged && replaced === null)).toBe(true);
      expect(await listTickers(db)).toEqual(held);
      expect(await storedRows(db)).toBe(227_488);
    },
    120_000,
  );
});

/** The unseen ones included. */
async function storedRows(db: Db): Promise<number> {
  const [row] = (await db.execute("select count(*)::int as n from prices")) as unknown as { n: number }[];
  return row!.n;
}
