import { connectDatabase, type Db, listTickers, loadPrices } from "@strategy-executor/db";
import { describeDatabases } from "@strategy-executor/db/testing";
import { expect, it } from "vitest";
import { importPrices } from "./import-prices.ts";
import { PriceImportReport } from "./schemas.ts";

const tidy = "date,ticker,close,adj_close\n";

describeDatabases("importPrices", (create) => {
  it("loads a file, reports what it replaced, and changes nothing for the same rows", async () => {
    await using test = await create();
    await using database = await connectDatabase(test.options);
    const { db } = database;
    const first = await importPrices(db, {
      name: "first.csv",
      csv: bytes(`${tidy}2020-01-02,B,,2\n2020-01-02,A,1,1\n2020-01-03,A,,1.5\n`),
    });
    const a = { ticker: "A", first_day: "2020-01-02", last_day: "2020-01-03", rows: 2 };
    const b = { ticker: "B", first_day: "2020-01-02", last_day: "2020-01-02", rows: 1 };
    expect(first).toEqual({
      rows: 3,
      tickers: [
        { ...b, replaced: null, unchanged: false },
        { ...a, replaced: null, unchanged: false },
      ],
    });
    expect(PriceImportReport.parse(first)).toEqual(first);

    // The same rows of A in another layout, and another price of B.
    const second = await importPrices(db, {
      name: "second.csv",
      csv: bytes(`ticker,adj_close,date,close\r\nA,1.0,2020-01-02,1.00\r\nA,15e-1,2020-01-03,\r\nB,3,2020-01-02,\r\n`),
    });
    expect(second.tickers).toEqual([
      { ...a, replaced: null, unchanged: true },
      {
        ...b,
        replaced: { first_day: b.first_day, last_day: b.last_day, rows: 1, source: "first.csv" },
        unchanged: false,
      },
    ]);
    expect(await listTickers(db)).toMatchObject([
      { ticker: "A", source: "first.csv" },
      { ticker: "B", source: "second.csv" },
    ]);
    expect((await loadPrices(db, ["A", "B"])).map(({ closes }) => [...closes])).toEqual([[1, 1.5], [3]]);
  });

  it("keeps nothing of a file that is invalid, too long or cut off, and leaves held prices alone", async () => {
    await using test = await create();
    await using database = await connectDatabase(test.options);
    const { db } = database;
    await importPrices(db, { name: "held.csv", csv: bytes(`${tidy}2020-01-01,A,1,1\n`) });
    const before = await loadPrices(db, ["A"]);
    const good = Array.from({ length: 5000 }, (_, index) => `${isoDay(index)},A,2,2\n`).join("");

    const refused = importPrices(db, { name: "bad.csv", csv: bytes(`${tidy}${good}2050-01-01,B,1,zero\n`) });
    await expect(refused).rejects.toMatchObject({ code: "invalid", message: /^bad\.csv, line 5002: adj_close is not/ });
    const tooLong = importPrices(db, { name: "long.csv", csv: bytes(tidy + good), maxBytes: 50_000 });
    await expect(tooLong).rejects.toMatchObject({
      code: "payload_too_large",
      message: "long.csv is larger than 50000 bytes",
    });
    const cutOff = importPrices(db, { name: "cut.csv", csv: failing(tidy + good) });
    await expect(cutOff).rejects.toThrow("connection lost");

    expect(await loadPrices(db, ["A", "B"])).toEqual(before);
    expect(await listTickers(db)).toMatchObject([{ ticker: "A", source: "held.csv" }]);
    expect(await storedRows(db)).toBe(1);
  });

  it("accepts a file of exactly the maximum size", async () => {
    await using test = await create();
    await using database = await connectDatabase(test.options);
    const csv = `${tidy}2020-01-01,A,1,1\n`;
    const report = await importPrices(database.db, { name: "f.csv", csv: bytes(csv), maxBytes: csv.length });
    expect(report.rows).toBe(1);
  });

  it("of two concurrent imports one wins as a whole for every ticker", async () => {
    await using test = await create();
    await using database = await connectDatabase(test.options);
    const { db } = database;
    const days = Array.from({ length: 3000 }, (_, index) => isoDay(index));
    const file = (price: number, order: readonly string[]) =>
      tidy + days.flatMap((day) => order.map((ticker) => `${day},${ticker},,${price}\n`)).join("");
    await Promise.all([
      importPrices(db, { name: "one.csv", csv: bytes(file(1, ["A", "B"])) }),
      importPrices(db, { name: "two.csv", csv: bytes(file(2, ["B", "A"])) }),
    ]);
    const [a, b] = await loadPrices(db, ["A", "B"]);
    expect(a?.importId).toBe(b?.importId);
    expect(new Set([...a!.closes, ...b!.closes])).toEqual(new Set([a!.source === "one.csv" ? 1 : 2]));
    expect(a?.closes).toHaveLength(days.length);
  });
});

/** The unseen ones included. */
async function storedRows(db: Db): Promise<number> {
  const [row] = (await db.execute("select count(*)::int as n from prices")) as unknown as { n: number }[];
  return row!.n;
}

function isoDay(index: number): string {
  return new Date(Date.UTC(2020, 0, 1 + index)).toISOString().slice(0, 10);
}

async function* bytes(csv: string): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < csv.length; at += 10_000) yield Buffer.from(csv.slice(at, at + 10_000));
}

async function* failing(csv: string): AsyncGenerator<Uint8Array> {
  yield* bytes(csv);
  throw new Error("connection lost");
}
