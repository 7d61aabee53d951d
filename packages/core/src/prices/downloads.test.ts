import { readdirSync, readFileSync } from "node:fs";
import type { PriceRow } from "@strategy-executor/db";
import { describe, expect, it } from "vitest";
import { isAvailable, sharedFile } from "../testing/shared-file.ts";
import { type PriceFile, readPrices } from "./read-prices.ts";

/** A file as a site writes it, and its rows as `ticker day close/adj_close`. */
interface Download {
  readonly text: string;
  readonly file?: Partial<PriceFile>;
  readonly rows: readonly string[];
}

const x = { ticker: "X" };

const downloads: Readonly<Record<string, Download>> = {
  Yahoo: {
    text: "Date,Open,High,Low,Close,Adj Close,Volume\n2024-01-02,1,1,1,2,1.5,9\n2024-01-03,null,null,null,null,null,null\n",
    file: x,
    rows: ["X 2024-01-02 2/1.5"],
  },
  "yfinance, one ticker": {
    text: "Price,Close,High,Low,Open,Volume\nTicker,MSFT,MSFT,MSFT,MSFT,MSFT\nDate,,,,,\n2024-01-02,4,5,3,3.5,7\n",
    rows: ["MSFT 2024-01-02 4/4"],
  },
  "yfinance, two tickers": {
    text:
      "Price,Adj Close,Adj Close,Close,Close\nTicker,MSFT,SPY,MSFT,SPY\nDate,,,,\n" +
      "2024-01-02,4,9,5,10\n2024-01-03,4.5,,5.5,\n2024-01-04,,8,,9\n",
    rows: ["MSFT 2024-01-02 5/4", "SPY 2024-01-02 10/9", "MSFT 2024-01-03 5.5/4.5", "SPY 2024-01-04 9/8"],
  },
  "yfinance, grouped by ticker": {
    text: "Ticker,MSFT,MSFT,SPY\nPrice,Open,Close,Close\nDate,,,\n2024-01-02,3,4,9\n",
    rows: ["MSFT 2024-01-02 4/4", "SPY 2024-01-02 9/9"],
  },
  "yfinance, history": {
    text: "Date,Open,High,Low,Close,Volume,Dividends,Stock Splits\n2024-01-02 00:00:00-05:00,1,1,1,1.5,9,0.0,0.0\n",
    file: x,
    rows: ["X 2024-01-02 1.5/1.5"],
  },
  Stooq: { text: "Date,Open,High,Low,Close,Volume\n2024-01-02,1,1,1,3,9\n", file: x, rows: ["X 2024-01-02 3/3"] },
  "Stooq, in bulk": {
    text: "<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>\nSPY.US,D,20240102,000000,1,1,1,3,5,0\n",
    rows: ["SPY.US 2024-01-02 3/3"],
  },
  Tiingo: {
    text:
      "date,close,high,low,open,volume,adjClose,adjHigh,adjLow,adjOpen,adjVolume,divCash,splitFactor\n" +
      "2024-01-02T00:00:00.000Z,2,2,2,2,9,1.5,1,1,1,9,0,1\n",
    file: x,
    rows: ["X 2024-01-02 2/1.5"],
  },
  "Alpha Vantage, newest first": {
    text: "timestamp,open,high,low,close,adjusted_close,volume\n2024-01-03,1,1,1,3,2.5,5\n2024-01-02,1,1,1,2,1.5,5\n",
    file: x,
    rows: ["X 2024-01-03 3/2.5", "X 2024-01-02 2/1.5"],
  },
  Nasdaq: {
    text: "Date,Close/Last,Volume,Open,High,Low\n01/03/2024,$1234.5,5,$1,$1,$1\n01/02/2024,$1.5,5,$1,$1,$1\n",
    file: x,
    rows: ["X 2024-01-03 1234.5/1234.5", "X 2024-01-02 1.5/1.5"],
  },
  "Investing, in English": {
    text:
      '\uFEFF"Date","Price","Open","High","Low","Vol.","Change %"\n' +
      '"01/16/2024","4,704.81","4,725.07","4,729.29","4,699.71","1.23M","-0.80%"\n' +
      '"01/02/2024","4,742.83","4,745.20","4,754.33","4,722.67","","-0.57%"\n',
    file: x,
    rows: ["X 2024-01-16 4704.81/4704.81", "X 2024-01-02 4742.83/4742.83"],
  },
  "Investing, in Korean": {
    text: '"날짜","종가","시가","고가","저가","거래량","변동 %"\n"2024- 01- 02","77,000","1","1","1","21.75M","-0.80%"\n',
    file: x,
    rows: ["X 2024-01-02 77000/77000"],
  },
  KRX: {
    text: "일자,종가,대비,등락률,시가,고가,저가,거래량\n2024/01/03,77000,-2600,-3.27,78500,78800,77000,21753644\n",
    file: { ticker: "005930" },
    rows: ["005930 2024-01-03 77000/77000"],
  },
  "a spreadsheet in German": {
    text: "sep=;\nDate;Close;Adj Close\n31.12.2024;1.234,5;1.234,5\n02.01.2025;1.240;1.241,25\n",
    file: x,
    rows: ["X 2024-12-31 1234.5/1234.5", "X 2025-01-02 1240/1241.25"],
  },
  "tabs with blank fields": {
    text: "date\tticker\tclose\tadj_close\tvolume\n2024-01-02\tX\t\t9\t\n",
    rows: ["X 2024-01-02 null/9"],
  },
  "old line ends, comments and blank lines": {
    text: "# downloaded by a tool\r\r\rdate,ticker,close,adj_close\r   \r2024-01-02,X,10,9\r",
    rows: ["X 2024-01-02 10/9"],
  },
  "other marks between thousands": {
    text: `date,ticker,close,adj_close\n2024-01-02,X,1'234.5,1 234.5\n2024-01-03,X,1\u00A0234.5,"1,234,567"\n`,
    rows: ["X 2024-01-02 1234.5/1234.5", "X 2024-01-03 1234.5/1234567"],
  },
  "days in words and of other forms": {
    text:
      "date,ticker,adj_close\n20240102,A,1\n2024/1/3,A,1\n2024. 1. 4.,A,1\n5 Jan 2024,A,1\n06-Jan-2024,A,1\n" +
      '"Jan 07, 2024",A,1\n2024년 1월 8일,A,1\n09/09/2024,A,1\n13/09/2024 16:00:00,A,1\n',
    rows: ["02", "03", "04", "05", "06", "07", "08"]
      .map((day) => `A 2024-01-${day} null/1`)
      .concat(["A 2024-09-09 null/1", "A 2024-09-13 null/1"]),
  },
  "what its user says": {
    text: 'date,ticker,close,adj_close\n01/02/2024,X,"1,500","1,500"\n',
    file: { dayOrder: "dmy", decimal: "comma" },
    rows: ["X 2024-02-01 1.5/1.5"],
  },
  "a name in decomposed letters": {
    text: `date,ticker,adj_close\n2024-01-02,${"한국".normalize("NFD")},1\n`,
    rows: ["한국 2024-01-02 null/1"],
  },
};

describe("a download is read as it is:", () => {
  it.each(Object.entries(downloads))("%s", async (_name, { text, file, rows }) => {
    for (const parts of [[text], [...text]]) expect(shown(await read(parts.map(utf8), file))).toEqual(rows);
  });
});

describe("bytes that are no text are refused with line and byte:", () => {
  const cp949 = Buffer.concat([
    Buffer.from("date,ticker,adj_close\n2024-01-02,"),
    Buffer.from([0xc7, 0xf6, 0xb4, 0xeb]),
    Buffer.from(",190000\n"),
  ]);

  it("in pieces of any size", async () => {
    const message =
      /^f\.csv, line 2: byte 34 of the file \(0xC7\) is not UTF-8. Name the charset of the file \(charset=euc-kr\)/;
    for (const size of [1, 2, 3, 5, 1000]) {
      const pieces = Array.from({ length: Math.ceil(cp949.length / size) }, (_, index) =>
        cp949.subarray(index * size, (index + 1) * size),
      );
      await expect(read(pieces)).rejects.toMatchObject({ code: "invalid", message: expect.stringMatching(message) });
    }
  });

  it("and a character that is cut off", async () => {
    const bytes = Buffer.from("date,ticker,adj_close\n2024-01-02,A,1\n2024-01-03,한").subarray(0, -1);
    await expect(read([bytes])).rejects.toThrow(/line 3: byte 49 of the file/);
  });

  it("unless their charset is named or marked", async () => {
    expect(shown(await read([cp949], { charset: "euc-kr" }))).toEqual(["현대 2024-01-02 null/190000"]);
    await expect(read([cp949], { charset: "klingon" })).rejects.toThrow('the charset "klingon" is not known');
    await expect(read([cp949.subarray(0, -1).fill(0xff, 40)], { charset: "euc-kr" })).rejects.toThrow(/is not euc-kr/);
    const text = "\uFEFFdate,ticker,adj_close\n2024-01-02,현대,1\n";
    for (const bytes of [Buffer.from(text, "utf16le"), Buffer.from(text, "utf16le").swap16()]) {
      expect(shown(await read([bytes]))).toEqual(["현대 2024-01-02 null/1"]);
      expect(shown(await read([...bytes].map((byte) => Buffer.of(byte))))).toEqual(["현대 2024-01-02 null/1"]);
    }
    await expect(read([Buffer.from(text.slice(1), "utf16le")])).rejects.toThrow(/NUL character.*charset=utf-16le/);
    expect(shown(await read([Buffer.from(text.slice(1), "utf16le")], { charset: "utf-16le" }))).toHaveLength(1);
  });
});

describe("a bad row", () => {
  it("is left out and named when the user says so", async () => {
    const reasons: string[] = [];
    const text = "date,ticker,adj_close\n2024-01-02,A,1\nTotal,,10\n2024-01-03,A,x\n2024-01-02,A,1\n2024-01-04,A,2\n";
    const rows = await read([utf8(text)], { onBadRow: (reason) => reasons.push(reason) });
    expect(shown(rows)).toEqual(["A 2024-01-02 null/1", "A 2024-01-04 null/2"]);
    expect(reasons).toEqual([
      expect.stringMatching(/^line 3: /),
      'line 4: adj_close is not a number: "x"',
      "line 5: A has 2024-01-02 twice",
    ]);
  });
});

const samples = sharedFile("cases/prices");

describe("the samples of ../shared/cases/prices", () => {
  it.runIf(isAvailable(samples))("are read, or refused with a line or a way to go on (needs ../shared)", async () => {
    const outcomes: Record<string, unknown> = {};
    for (const name of readdirSync(samples).filter((file) => file.endsWith(".csv"))) {
      const bytes = readFileSync(sharedFile(`cases/prices/${name}`));
      const named = await read([bytes]).catch((error: Error) => error.message);
      const isUnnamed = typeof named === "string" && named.includes("(ticker=SPY)");
      const outcome = isUnnamed ? await read([bytes], x).catch((error: Error) => error.message) : named;
      outcomes[name] = typeof outcome === "string" ? outcome : shown(outcome).slice(0, 2);
      if (typeof outcome === "string") expect(outcome).toMatch(/^f\.csv, line \d+: /);
    }
    expect(outcomes).toMatchObject({
      "cp949-collide.csv": expect.stringMatching(/^f\.csv, line 2: byte 40 of the file \(0xC7\) is not UTF-8/),
      "investing.csv": expect.stringMatching(/^f\.csv, line 2: .*day_order=dmy/),
      "us-date.csv": expect.stringMatching(/^f\.csv, line 2: .*day_order=dmy/),
      "yfinance-multiindex.csv": ["MSFT 2023-02-17 254.52/254.52"],
      "semicolons.csv": ["SEM 2024-01-02 10.5/10.5", "SEM 2024-01-03 11.5/11.5"],
      "bom-thousands.csv": ["ABM 2024-01-02 4742.83/4742.83", "ABM 2024-01-03 4704.81/4704.81"],
    });
    if (process.env["SHOW_SAMPLES"] === "1") console.log(outcomes);
  });
});

function read(parts: readonly Uint8Array[], file: Partial<PriceFile> = {}): Promise<PriceRow[]> {
  return Array.fromAsync(readPrices(stream(parts), { name: "f.csv", ...file }));
}

function shown(rows: readonly PriceRow[]): string[] {
  return rows.map(({ ticker, day, close, adjClose }) => `${ticker} ${day} ${close}/${adjClose}`);
}

function utf8(text: string): Uint8Array {
  return Buffer.from(text);
}

async function* stream(parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts;
}
