import type { PriceRow } from "@strategy-executor/db";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type PriceFile, readPrices } from "./read-prices.ts";

const tidy = "date,ticker,close,adj_close\n";

describe("a tidy file", () => {
  it("is read with columns in any order and common spelling, blank closes and alternating tickers", async () => {
    const csv = `\uFEFFVolume,Adj Close,Symbol,Date,Close\r\n"1,000",99.5,SPY,2020-01-02,\r\n5,1e2,QQQ,2020-01-02,101\r\n,"98",SPY,2020-01-03,.5\r\n`;
    expect(await read(csv)).toEqual([
      { ticker: "SPY", day: "2020-01-02", close: null, adjClose: 99.5, volume: 1000 },
      { ticker: "QQQ", day: "2020-01-02", close: 101, adjClose: 100, volume: 5 },
      { ticker: "SPY", day: "2020-01-03", close: 0.5, adjClose: 98, volume: null },
    ]);
  });

  it("may have blank lines and no line end at its end", async () => {
    expect(await read(`\n${tidy}\n2020-01-01,A,1,2\n\n2020-01-02,A,3,4`)).toHaveLength(2);
  });
});

describe("a file of one ticker", () => {
  const ohlcv = "date,open,high,low,close,adj_close,volume\n2020-01-02,1,2,0.5,1.5,1.4,1000\n";

  it("is read under the ticker given", async () => {
    const bar = { open: 1, high: 2, low: 0.5, volume: 1000 };
    expect(await read(ohlcv, "SPY")).toEqual([{ ticker: "SPY", day: "2020-01-02", close: 1.5, adjClose: 1.4, ...bar }]);
  });

  it("may have bars that are not known: blank, or 0 for a price", async () => {
    const csv = "date,open,high,low,close,adj_close,volume\n2020-01-02,0,,0.5,1.5,1.4,0\n";
    expect(await read(csv, "SPY")).toMatchObject([{ open: null, high: null, low: 0.5, volume: 0 }]);
  });

  it.each([
    ["2020-01-02,x,2,0.5,1.5,1.4,1000", 'open is not a number: "x"'],
    ["2020-01-02,1,-2,0.5,1.5,1.4,1000", 'high is negative: "-2"'],
    ["2020-01-02,1,2,0.5,1.5,1.4,-1", 'volume is negative: "-1"'],
    ["2020-01-02,1,2,1e400,1.5,1.4,1000", 'low is too large: "1e400"'],
  ])("is refused for a bar that cannot be: %s", async (row, reason) => {
    const csv = `date,open,high,low,close,adj_close,volume\n${row}\n`;
    await expect(read(csv, "SPY")).rejects.toMatchObject({ message: `f.csv, line 2: ${reason}` });
  });

  it.each([
    [ohlcv, undefined, "f.csv, line 1: the file has no column ticker, so its ticker must be named (ticker=SPY)"],
    [tidy, "SPY", "f.csv, line 1: the file has a column ticker, so it is loaded without naming one (ticker=)"],
    [ohlcv, "S PY", 'f.csv: "S PY" is not a ticker'],
    [ohlcv, "", 'f.csv: "" is not a ticker'],
  ])("is refused when the ticker does not fit the file (%#)", async (csv, ticker, message) => {
    await expect(read(csv, ticker)).rejects.toMatchObject({ name: "DomainError", code: "invalid", message });
  });
});

describe("a row that cannot be a price is refused with file, line and reason:", () => {
  it.each([
    ["2020-01-02,A,1,abc", 'adj_close is not a number: "abc"'],
    ["2020-01-02,A,1,0x10", 'adj_close is not a number: "0x10"'],
    ["2020-01-02,A,1,null", 'adj_close is not a number: "null"'],
    ['2020-01-02,A,1.25,"1,5"', 'adj_close is not a number: "1,5"'],
    ['2020-01-02,A,1,"1,500"', /^f.csv, line 3: adj_close "1,500" can be read in two ways: .*decimal=point/],
    ["2020-01-02,A,x,1", 'close is not a number: "x"'],
    ["2020-01-02,A,1,", "adj_close is missing"],
    ["2020-01-02,A,1,0", 'adj_close is not positive: "0"'],
    ["2020-01-02,A,-1,1", 'close is not positive: "-1"'],
    ["2020-01-02,A,1,1e-400", 'adj_close is not positive: "1e-400"'],
    ["2020-01-02,A,1,1e400", 'adj_close is too large: "1e400"'],
    ["2020-01-02,A,1,NaN", 'adj_close is not a number: "NaN"'],
    ["2020-01-02,A,1,Infinity", 'adj_close is not a number: "Infinity"'],
    ["2020-02-30,A,1,1", 'the date is not a calendar day written as YYYY-MM-DD: "2020-02-30"'],
    ["0000-01-01,A,1,1", 'the date is not a calendar day written as YYYY-MM-DD: "0000-01-01"'],
    ["01/02/2020,A,1,1", /^f.csv, line 3: the date "01\/02\/2020" can be read in two ways: .*day_order=dmy/],
    ["13/13/2020,A,1,1", 'the date is not a calendar day written as YYYY-MM-DD: "13/13/2020"'],
    ["43832,A,1,1", /line 3: the date is not .*"43832" \(a serial number of a spreadsheet/],
    ["2020-01-02T21:00:00Z,A,1,1", /line 3: the date has a time of day in another zone/],
    [",A,1,1", 'the date is not a calendar day written as YYYY-MM-DD: ""'],
    ["2020-01-02,,1,1", "the ticker is missing"],
    ["2020-01-02,N/A,1,1", "the ticker is missing"],
    ["2020-01-02,SPY,1,1.6e308", 'adj_close is above 1000000000000000: "1.6e308"'],
    ["2020-01-02,SPY,5e-324,1", 'close is below 1e-15: "5e-324"'],
    ["2020-01-02,ZW\u200bS,1,1", '"ZW\\u{200b}S" is not a ticker'],
    ["2020-01-02,=SUM(A1),1,1", '"=SUM(A1)" is not a ticker'],
    ["2020-01-02,A\0B,1,1", /^f.csv, line 3: there is a NUL character. If the file is UTF-16, name its charset/],
    [`2020-01-02,${"A".repeat(70)},1,1`, `"${"A".repeat(60)}…" is not a ticker`],
    ["2020-01-01,A,1,1", "A has 2020-01-01 twice"],
    ["2020-01-03,A,1,1\n2020-01-02,A,1,1", /line 4: A has 2020-01-02 after 2020-01-03: its days ascended so far/],
    ["2019-12-31,A,1,1\n2020-01-02,A,1,1", /line 4: A has 2020-01-02 after 2019-12-31: its days descended so far/],
    ["2020-01-02,A,1", "3 fields, another number than in the header"],
    ["2020-01-02,A,1,1,1", "5 fields, another number than in the header"],
    ['2020-01-02,"A"B,1,1', "a quote stands where none may be"],
    ['2020-01-02,A"B",1,1', "a quote stands where none may be"],
    ['2020-01-02,"A,1,1', "a quote is opened and never closed"],
    [`2020-01-02,A,1,${"1".repeat(10_001)}`, "the row is longer than 10000 characters"],
  ])("%j", async (row, reason) => {
    const message = typeof reason === "string" ? `f.csv, line 3: ${reason}` : expect.stringMatching(reason);
    await expect(read(`${tidy}2020-01-01,A,1,1\n${row}`)).rejects.toMatchObject({ code: "invalid", message });
  });

  it("order is checked per ticker, and the first invalid row is reported", async () => {
    const csv = `${tidy}2020-01-05,A,1,1\n2020-01-01,B,1,1\n2020-01-06,A,1,1\n2020-01-01,B,1,1\nx"\n`;
    await expect(read(csv)).rejects.toThrow("f.csv, line 5: B has 2020-01-01 twice");
  });

  it("an unclosed quote fails at the row limit, not at the end of the file", async () => {
    const rest = Array.from({ length: 10_000 }, () => "2020-01-01,B,1,1\n");
    await expect(read([`${tidy}2020-01-02,"A,1,1\n`, ...rest])).rejects.toThrow(/line \d{1,3}: the row is longer than/);
  });
});

describe("a file without prices is refused:", () => {
  it.each([
    ["", "f.csv, line 1: the file is empty"],
    ["\n\n", "f.csv, line 1: the file is empty"],
    [tidy, "f.csv, line 1: no row follows the header"],
    [
      "ticker,close,adj_close\n",
      /line 1: the column date is missing from the header "ticker,close,adj_close". The first/,
    ],
    [
      "date,ticker,price_of\n",
      /line 1: the columns close and adj_close are missing from the header "date,ticker,price_of"/,
    ],
    ["CBOE disclaimer\ndate,ticker,close\n", /line 1: the column date is missing from the header "CBOE disclaimer"/],
    ["date,ticker,close,adj_close,Adj Close\n", "f.csv, line 1: the column adj_close is there twice"],
    ["date;ticker;close;adj_close\n", "f.csv, line 1: no row follows the header"],
  ])("%j", async (csv, message) => {
    await expect(read(csv)).rejects.toThrow(message);
  });
});

describe("the stream of bytes", () => {
  it("is closed when the file is refused, and its own failure is passed on", async () => {
    let closed = false;
    async function* endless() {
      try {
        for (;;) yield Buffer.from(`${tidy}bad\n`);
      } finally {
        closed = true;
      }
    }
    await expect(Array.fromAsync(readPrices(endless(), { name: "f.csv" }))).rejects.toThrow("line 2");
    expect(closed).toBe(true);
    await expect(Array.fromAsync(readPrices(broken(), { name: "f.csv" }))).rejects.toThrow("connection lost");
  });

  it("may arrive in chunks of any size: any table reads as written", async () => {
    await fc.assert(
      fc.asyncProperty(table, layout, cuts, async (rows, written, places) => {
        expect(await read(pieces(write(rows, written), places))).toEqual(rows);
      }),
    );
  });

  it("may arrive in chunks of any size: errors are the same", async () => {
    const fragment = fc.constantFrom('"', ",", "\r", "\n", "\uFEFF", "-", "é", " ", "x", "2020-01-01", "9");
    await fc.assert(
      fc.asyncProperty(table, layout, fc.nat(), fragment, cuts, async (rows, written, place, text, places) => {
        const csv = write(rows, written);
        const at = place % csv.length;
        const spoilt = `${csv.slice(0, at)}${text}${csv.slice(at)}`;
        expect(await outcome(pieces(spoilt, places))).toEqual(await outcome([Buffer.from(spoilt)]));
      }),
    );
  });
});

const price = fc.double({ min: 1e-15, max: 1e15, noNaN: true });

/** Rows of up to three tickers, their days ascending, in alternation. */
const table: fc.Arbitrary<PriceRow[]> = fc
  .uniqueArray(
    fc.record({
      ticker: fc.constantFrom("SPY", "^GSPC", "한국"),
      day: fc
        .date({ min: new Date("0001-01-01"), max: new Date("9999-12-31"), noInvalidDate: true })
        .map((date) => date.toISOString().slice(0, 10)),
      close: fc.option(price),
      adjClose: price,
    }),
    { selector: ({ ticker, day }) => `${ticker} ${day}`, minLength: 1, maxLength: 30 },
  )
  .map((rows) => rows.toSorted((a, b) => (a.day < b.day ? -1 : 1)));

const layout = fc.record({
  order: fc.shuffledSubarray(["date", "ticker", "close", "adj_close", "note"], { minLength: 5 }),
  note: fc.constantFrom("", "x", `"a ""b"", c"`, '"two\nlines"'),
  lineEnd: fc.constantFrom("\n", "\r\n"),
  spaces: fc.constantFrom("", " ", "\t"),
  bom: fc.boolean(),
  endsWithLineEnd: fc.boolean(),
});

const cuts = fc.array(fc.nat(), { maxLength: 20 });

type Layout = typeof layout extends fc.Arbitrary<infer T> ? T : never;

function write(rows: readonly PriceRow[], { order, note, lineEnd, spaces, bom, endsWithLineEnd }: Layout): string {
  const lines = rows.map(({ ticker, day, close, adjClose }) => {
    const fields: Record<string, string> = {
      date: day,
      ticker,
      close: `${close ?? ""}`,
      adj_close: `${adjClose}`,
      note,
    };
    return order.map((column) => `${spaces}${fields[column]}${spaces}`).join();
  });
  return `${bom ? "\uFEFF" : ""}${[order.join(), ...lines].join(lineEnd)}${endsWithLineEnd ? lineEnd : ""}`;
}

function pieces(csv: string, places: readonly number[]): Buffer[] {
  const bytes = Buffer.from(csv);
  const at = [0, ...places.map((place) => place % bytes.length).toSorted((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
}

function read(csv: string | readonly (string | Buffer)[], ticker?: string): Promise<PriceRow[]> {
  const file: PriceFile = { name: "f.csv", ticker };
  return Array.fromAsync(readPrices(stream(typeof csv === "string" ? [csv] : csv), file));
}

async function outcome(csv: readonly Buffer[]): Promise<unknown> {
  return read(csv).catch((error: Error) => error.message);
}

async function* broken(): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`${tidy}2020-01-01,A,1,1\n`);
  throw new Error("connection lost");
}

async function* stream(parts: readonly (string | Buffer)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield Buffer.from(part);
}
