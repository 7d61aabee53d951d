import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { gzipSync } from "node:zlib";
import { join } from "node:path";
import { startYahooServer } from "@strategy-executor/core/testing";
import { expect } from "vitest";
import type { Finished } from "./command.ts";

/** The header of a file of prices. */
export const tidy = "date,ticker,close,adj_close\n";
const ohlcv = "Date,Open,High,Low,Close,Adj Close,Volume\n2020-01-02,1,1,1,1,0.9,10\n2020-01-03,1,1,1,1,0.95,10\n";

/** Makes a folder with the files that `loadAndList` loads. */
export async function priceFiles() {
  const made = await mkdtempDisposable(join(tmpdir(), "strategy-executor-prices-"));
  const folder = made.path;
  await writeFile(join(folder, "two.csv"), `${tidy}2020-01-02,SPY,,1\n2020-01-02,QQQ,3,2\n`);
  await writeFile(join(folder, "spy.csv"), ohlcv);
  await writeFile(join(folder, "two.csv.gz"), gzipSync(`${tidy}2020-01-02,GZ,,1\n`));
  await writeFile(join(folder, "cut.csv.gz"), gzipSync(tidy.repeat(100)).subarray(0, -9));
  const odd = "date;ticker;adj_close\n01/02/2020;현대;1,5\nTotal;;7\n02/02/2020;현대;2,5\n";
  await writeFile(join(folder, "odd.csv"), Buffer.from(odd, "utf16le"));
  await writeFile(join(folder, "rate.csv"), "month,value\n2020-01,1.5\n2020-02,\n2020-03,2\n");
  await writeFile(join(folder, "bad.csv"), `${tidy}2020-01-02,SPY,,5\n2020-01-02,SPY,,6\n`);
  return made;
}

/** The steps that are the same with a server and without. Returns the last list, which is to be `listed`. */
export async function loadAndList(prices: (...args: string[]) => Promise<Finished>): Promise<string[]> {
  expect((await prices("list")).out).toMatch(/^No prices are held in .+\n$/);

  expect(linesOf(await prices("import", "two.csv"))).toEqual([
    "SPY 1 rows 2020-01-02 to 2020-01-02 (new)",
    "QQQ 1 rows 2020-01-02 to 2020-01-02 (new)",
    expect.stringMatching(/^2 rows of 2 tickers in /),
  ]);
  expect(linesOf(await prices("import", "spy.csv", "--ticker", "SPY"))).toEqual([
    "SPY 2 rows 2020-01-02 to 2020-01-03 (replaced 1 rows 2020-01-02 to 2020-01-02 from two.csv)",
    expect.stringMatching(/^2 rows of 1 ticker in /),
  ]);
  expect(linesOf(await prices("import", "spy.csv", "--ticker", "SPY"))[0]).toBe(
    "SPY 2 rows 2020-01-02 to 2020-01-03 (unchanged)",
  );

  const refused = await prices("import", "bad.csv");
  expect(refused).toMatchObject({ code: 1, out: "" });
  expect(refused.err).toContain("\nbad.csv, line 3: SPY has 2020-01-02 twice\n");
  const unnamed = await prices("import", "spy.csv");
  expect(unnamed.code).toBe(1);
  expect(unnamed.err).toContain(
    "spy.csv, line 1: the file has no column ticker, so its ticker must be named (--ticker SPY)",
  );
  const whole = await prices("import", ".");
  expect(whole.err).toContain(". is a folder, and one file is loaded at a time. To load all: for file in *.csv; do");

  expect(linesOf(await prices("import", "two.csv.gz"))[0]).toBe("GZ 1 rows 2020-01-02 to 2020-01-02 (new)");
  const cut = await prices("import", "cut.csv.gz");
  expect(cut.err).toContain("\ncut.csv.gz is not a gzip file, or is cut off\n");
  const unsaid = await prices("import", "odd.csv", "--charset", "utf-16le");
  expect(unsaid.err).toMatch(/\nodd\.csv, line 2: the date "01\/02\/2020" can be read in two ways: .*--day-order/);
  const said = ["--charset", "utf-16le", "--day-order", "dmy", "--skip-bad-rows"];
  expect(linesOf(await prices("import", "odd.csv", ...said))).toEqual([
    "현대 2 rows 2020-02-01 to 2020-02-02 (new)",
    "  2020-02-02: the adjusted close goes from 1.5 to 2.5 (+67 %)",
    "1 rows left out",
    "  line 3: the ticker is missing",
    expect.stringMatching(/^2 rows of 1 ticker in /),
  ]);

  expect(linesOf(await prices("import", "rate.csv", "--series", "RATE"))).toEqual([
    "RATE 2 rows 2020-01-01 to 2020-03-01 (new), 1 without a value",
  ]);
  const both = await prices("import", "rate.csv", "--series", "RATE", "--ticker", "SPY");
  expect(both.err).toContain("are for prices, not for --series\n");
  expect(linesOf(await prices("import", "spy.csv", "--ticker", "../ab?"))).toHaveLength(2);
  expect(linesOf(await prices("remove", "../ab?"))).toEqual([
    "../ab? 2 rows 2020-01-02 to 2020-01-03 from spy.csv (removed)",
  ]);
  const none = await prices("remove", "../ab?");
  expect(none).toMatchObject({ code: 1, err: "There are no prices of ../ab?\n" });

  await using yahoo = await startYahooServer({
    QQQ: { bars: [{ at: "2020-01-06T14:30:00Z", close: 7, adjClose: 1 / 3 }] },
  });
  expect(linesOf(await prices("fetch", "qqq", "--yahoo", yahoo.origin))[0]).toBe(
    "QQQ 1 rows 2020-01-06 to 2020-01-06 (replaced 1 rows 2020-01-02 to 2020-01-02 from two.csv)",
  );
  const unknown = await prices("fetch", "QQQ", "NONE", "--yahoo", yahoo.origin);
  expect(unknown.code).toBe(1);
  expect(unknown.err).toContain(
    "\nYahoo has no prices of NONE: No data found, symbol may be delisted (1 of 2 tickers failed; the others are stored)\n",
  );
  expect(unknown.out).toContain("QQQ 1 rows 2020-01-06 to 2020-01-06 (unchanged)\n");
  await using odd = await startYahooServer({
    QQQ: { bars: [{ at: "2020-01-06T14:30:00Z", close: 7, adjClose: 1 / 3 }] },
    SPY: {
      bars: [
        { at: "2020-01-02T14:30:00Z", close: 1, adjClose: 1 },
        { at: "2020-01-03T14:30:00Z", close: 0, adjClose: 0 },
      ],
    },
  });
  const bad = await prices("fetch", "SPY", "QQQ", "--yahoo", odd.origin);
  expect(bad.err).toContain(
    "yahoo, SPY 2020-01-03: the close is not positive: 0. --skip-bad-rows leaves such days out (1 of 2 tickers failed",
  );
  expect(bad.out).toContain("QQQ 1 rows 2020-01-06 to 2020-01-06 (unchanged)\n");
  const skipping = linesOf(await prices("fetch", "SPY", "--skip-bad-rows", "--yahoo", odd.origin));
  expect(skipping.slice(1, 3)).toEqual(["1 rows left out", "  SPY 2020-01-03: the close is not positive: 0"]);
  expect(linesOf(await prices("import", "spy.csv", "--ticker", "SPY"))).toHaveLength(2);

  return linesOf(await prices("list"));
}

/** What `loadAndList` leaves. */
export const listed: readonly string[] = [
  "GZ   2020-01-02 to 2020-01-02  1 rows from two.csv.gz",
  "QQQ  2020-01-06 to 2020-01-06  1 rows from yahoo",
  "SPY  2020-01-02 to 2020-01-03  2 rows from spy.csv",
  "현대   2020-02-01 to 2020-02-02  2 rows from odd.csv",
  "RATE  2020-01-01 to 2020-03-01  2 values from rate.csv",
];

/** The output of a command that must succeed. */
export function linesOf({ code, out, err }: Finished): string[] {
  if (code !== 0) throw new Error(`prices ended with ${code}: ${err}`);
  return out.trimEnd().split("\n");
}
