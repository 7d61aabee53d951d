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
      csv: bytes(`${tidy}2020-01-02,B,,2\n2020-01-02,A,1,1\n2020-01-03,A,,1.25\n`),
    });
    const a = { ticker: "A", first_day: "2020-01-02", last_day: "2020-01-03", rows: 2 };
    const b = { ticker: "B", first_day: "2020-01-02", last_day: "2020-01-02", rows: 1 };
    const early = {
      kind: "ends_early",
      day: "2020-01-02",
      message: "the prices end on 2020-01-02, others go on until 2020-01-03",
    };
    expect(first).toEqual({
      rows: 3,
      tickers: [
        { ...b, replaced: null, unchanged: false, warnings: [early] },
        { ...a, replaced: null, unchanged: false, warnings: [] },
      ],
      skipped_rows: 0,
      skipped: [],
    });
    expect(PriceImportReport.parse(first)).toEqual(first);

    // The same rows of A in another layout, and another price of B.
    const second = await importPrices(db, {
      name: "second.csv",
      csv: bytes(`ticker,adj_close,date,close\r\nA,1.0,2020-01-02,1.00\r\nA,125e-2,2020-01-03,\r\nB,3,2020-01-02,\r\n`),
    });
    expect(second.tickers).toEqual([
      { ...a, replaced: null, unchanged: true, warnings: [] },
      {
        ...b,
        replaced: { first_day: b.first_day, last_day: b.last_day, rows: 1, source: "first.csv" },
        unchanged: false,
        warnings: [early],
      },
    ]);
    expect(await listTickers(db)).toMatchObject([
      { ticker: "A", source: "first.csv" },
      { ticker: "B", source: "second.csv" },
    ]);
    expect((await loadPrices(db, ["A", "B"])).map(({ closes }) => [...closes])).toEqual([[1, 1.25], [3]]);
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

  it("takes rows newest first as the same rows oldest first, with bars", async () => {
    await using test = await create();
    await using database = await connectDatabase(test.options);
    const { db } = database;
    const header = "date,ticker,open,close,adj_close,volume\n";
    const rows = Array.from({ length: 25_000 }, (_, index) => `${isoDay(index)},A,${index + 1},,${index + 1},9\n`);
    const oldest = await importPrices(db, { name: "oldest.csv", csv: bytes(header + rows.join("")) });
    const newest = await importPrices(db, { name: "newest.csv", csv: bytes(header + rows.toReversed().join("")) });
    expect(oldest.tickers).toMatchObject([{ rows: 25_000, first_day: "2020-01-01", unchanged: false }]);
    expect(newest.tickers).toEqual([{ ...oldest.tickers[0], unchanged: true }]);
    expect(await listTickers(db)).toMatchObject([{ source: "oldest.csv", bars: ["open", "volume"] }]);
  });

  it("reports what is odd about the prices, keeps it with them and changes nothing", async () => {
    await using test = await create();
    await using database = await connectDatabase(test.options);
    const { db } = database;
    const closes = [100, 141, 140, ...Array.from({ length: 11 }, () => 150), 151, 152];
    const gap = (index: number) => isoDay(index < 15 ? index : index + 12);
    const rows = closes.map((close, index) => `${gap(index)},A,${close},${index < 14 ? close / 2 : close}\n`);
    const csv = `${tidy}${rows.join("")}2020-01-20,A,,\n2020-01-02,B,,1\n`;
    const [a, b] = (await importPrices(db, { name: "odd.csv", exchange: "XNYS", csv: bytes(csv) })).tickers;
    const day = "2020-01-15";
    expect(a!.warnings).toEqual([
      { kind: "blank_days", day: "2020-01-20", message: "the file has no price on 2020-01-20, so the day is left out" },
      { kind: "jump", day: "2020-01-02", message: "the adjusted close goes from 50 to 70.5 (+41 %)" },
      { kind: "jump", day, message: "the adjusted close goes from 75 to 151 (+101 %)" },
      { kind: "same_close", day: "2020-01-04", message: "the close is 150 on 11 days in a row" },
      { kind: "hole", day, message: "no prices for 7 sessions between 2020-01-15 and 2020-01-28" },
      {
        kind: "adjustment",
        day,
        message:
          "the adjusted close goes from 75 to 151 while the close goes from 150 to 151: a split is in one of them only",
      },
    ]);
    expect(b!.warnings).toMatchObject([{ kind: "ends_early", day: "2020-01-02" }]);
    expect(await listTickers(db)).toMatchObject([{ warnings: a!.warnings }, { warnings: b!.warnings }]);
    expect((await loadPrices(db, ["A"]))[0]!.closes).toHaveLength(16);
    const plain = await importPrices(db, { name: "c.csv", ticker: "C", csv: bytes("date,close\n2020-01-02,1\n") });
    expect(plain.tickers[0]!.warnings).toMatchObject([{ kind: "unadjusted", day: "2020-01-02" }]);
  });

  it("names the first few of each kind", async () => {
    await using test = await create();
    await using database = await connectDatabase(test.options);
    const rows = Array.from({ length: 12 }, (_, index) => `${isoDay(index)},A,,${index % 2 === 0 ? 1 : 3}\n`);
    const report = await importPrices(database.db, { name: "wild.csv", csv: bytes(tidy + rows.join("")) });
    expect(report.tickers[0]!.warnings).toHaveLength(5);
    expect(report.tickers[0]!.warnings.at(-1)!.message).toMatch(/, and 6 more such days$/);
  });

  it("leaves out bad rows when told so, but refuses a file without a good one", async () => {
    await using test = await create();
    await using database = await connectDatabase(test.options);
    const load = (csv: string) =>
      importPrices(database.db, { name: "f.csv", skipBadRows: true, csv: bytes(tidy + csv) });
    const report = await load("2020-01-02,A,,1\nTotal,,,\n2020-01-03,A,,-1\n2020-01-06,A,,1.1\n");
    expect(report).toMatchObject({ rows: 2, skipped_rows: 2 });
    expect(report.skipped.at(-1)).toBe('line 4: adj_close is not positive: "-1"');
    await expect(load("x,B,,1\n")).rejects.toMatchObject({ code: "invalid", message: "f.csv: no row has a price" });
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
