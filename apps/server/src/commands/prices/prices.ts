import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import {
  type DayOrder,
  dayOrders,
  type DecimalMark,
  decimalMarks,
  createPriceProviders,
  fetchCsv,
  type ExchangeName,
  exchangeNames,
  type HeldPrices,
  type ImportedPrices,
  type PriceImportReport,
  isDecodable,
  type PriceProvider,
  yahoo,
} from "@strategy-executor/core/prices";
import { type Command, InvalidArgumentError, Option } from "commander";
import { z } from "zod";
import { readConfig } from "../../config.ts";
import { type Terminal, withStore, writeLine } from "../operator/terminal.ts";
import { asOptions } from "./as-options.ts";
import { openPriceStore, type PriceStore } from "./price-store.ts";
import { type Advance, withProgress } from "./progress.ts";

interface ImportOptions {
  readonly ticker?: string | undefined;
  readonly series?: string | undefined;
  readonly exchange?: ExchangeName | undefined;
  readonly charset?: string | undefined;
  readonly dayOrder?: DayOrder | undefined;
  readonly decimal?: DecimalMark | undefined;
  readonly skipBadRows?: boolean | undefined;
}

interface FetchOptions {
  readonly from?: string;
  readonly exchange?: ExchangeName;
  readonly yahoo?: string;
  readonly skipBadRows?: boolean;
}

/** `npm run prices`: loads and lists prices. */
export function prices(command: Command, terminal: Terminal): void {
  const run = (action: (store: PriceStore, to: Terminal) => Promise<void>) =>
    withStore(openPriceStore, terminal, (store, to) => action(store, to).catch(failWithOptions));
  command.name("prices").description("Loads and lists daily prices.");

  command
    .command("import")
    .description(
      "Loads a CSV file: date,ticker,close,adj_close and, if there, open,high,low,volume; or a download of one ticker with --ticker.",
    )
    .argument("<file>", "replaces all prices of each ticker in the file; may be compressed (.gz)")
    .option("--ticker <ticker>", "the ticker of a file without a ticker column: SPY")
    .option("--series <name>", "loads a data series of this name instead of prices: date,value or month,value (UNRATE)")
    .addOption(exchangeOption())
    .option("--charset <label>", "encoding of a file that is not UTF-8: euc-kr, utf-16le", toCharset)
    .addOption(new Option("--day-order <order>", "how days such as 01/02/2024 are written").choices(dayOrders))
    .addOption(
      new Option("--decimal <mark>", "decimal separator: whether 1,234 is more than a thousand or about one").choices(
        decimalMarks,
      ),
    )
    .option("--skip-bad-rows", "skips rows that cannot be prices, and lists them")
    .action((file: string, options: ImportOptions) => run((store, to) => importFile(store, { file, ...options }, to)));

  command
    .command("remove")
    .description("Removes all stored prices of a ticker.")
    .argument("<ticker>", "as the list shows it")
    .action((ticker: string) => run((store, to) => remove(store, ticker, to)));

  command
    .command("list")
    .description("Lists the stored prices and data series.")
    .action(() => run(list));

  command
    .command("fetch")
    .description(
      "Gets the daily history of tickers from the provider: Yahoo Finance unless PRICES_PROVIDER names another.",
    )
    .argument("<tickers...>", "SPY QQQ ...: replaces all prices of each")
    .option("--from <day>", "first day (YYYY-MM-DD); the whole history when absent", toDay)
    .addOption(exchangeOption())
    .option("--skip-bad-rows", "skips days that cannot be prices, and lists them")
    .option("--yahoo <url>", "another address of Yahoo's chart API", toUrl)
    .action((tickers: string[], options: FetchOptions) =>
      run((store, to) => fetchTickers(store, tickers, options, to)),
    );
}

function failWithOptions(error: unknown): never {
  if (error instanceof Error) error.message = asOptions(error.message);
  throw error;
}

async function importFile(
  store: PriceStore,
  { file, series, ...options }: ImportOptions & { readonly file: string },
  { environment, output, errors }: Terminal,
): Promise<void> {
  // npm runs scripts in the checkout; INIT_CWD is the user's folder.
  const path = resolve(environment["INIT_CWD"] ?? ".", file);
  const found = await stat(path);
  if (found.isDirectory()) {
    const [each, one] = [join(file, "*.csv"), "$file"];
    throw new Error(
      `${file} is a folder, and one file is loaded at a time. To load all: for file in ${each}; do npm run prices -- import "${one}"; done`,
    );
  }
  const { size } = found;
  const name = basename(path);
  const progress = { what: name, total: size, unit: "bytes" };
  const read = (advance: Advance) => unpacked(name, counted(createReadStream(path), advance));
  if (series === undefined) {
    show(
      await withProgress(progress, errors, (advance) => store.load({ name, ...options, csv: read(advance) })),
      store,
      output,
    );
    return;
  }
  const { ticker, exchange, skipBadRows, ...layout } = options;
  if (ticker !== undefined || exchange !== undefined || skipBadRows !== undefined) {
    throw new Error("--ticker, --exchange and --skip-bad-rows are for prices, not for --series");
  }
  const report = await withProgress(progress, errors, (advance) =>
    store.loadSeries({ series, name, ...layout, csv: read(advance) }),
  );
  const blank = report.blank_rows === 0 ? "" : `, ${report.blank_rows} without a value`;
  writeLine(output, `${series} ${extent(report)} (${whatWasHeld(report)})${blank}`);
}

async function fetchTickers(
  store: PriceStore,
  given: readonly string[],
  options: FetchOptions,
  { environment, output, errors }: Terminal,
): Promise<void> {
  const { usual } = createPriceProviders(readConfig(environment).prices);
  const provider = options.yahoo === undefined ? usual : yahoo({ origin: options.yahoo });
  const tickers = [...new Set(given.map((ticker) => ticker.toUpperCase()))];
  const progress = { what: provider.name, total: tickers.length, unit: "tickers" };
  const skipped: string[] = [];
  const failures: string[] = [];
  // One import for each ticker, so that those that fail do not keep the others out.
  const reports = await withProgress(progress, errors, async (advance) => {
    const loaded: PriceImportReport[] = [];
    for (const ticker of tickers) {
      const csv = fetchCsv({
        provider: counting(provider, advance),
        tickers: [ticker],
        from: options.from,
        onBadBar: options.skipBadRows === true ? (reason) => skipped.push(reason) : undefined,
      });
      try {
        loaded.push(await store.load({ name: provider.name, exchange: options.exchange, csv }));
      } catch (error) {
        failures.push(error instanceof Error ? error.message : String(error));
      }
    }
    return loaded;
  });
  if (reports.length > 0) {
    const rows = reports.reduce((sum, report) => sum + report.rows, 0);
    const report = { rows, tickers: reports.flatMap((one) => one.tickers), skipped_rows: skipped.length, skipped };
    show(report, store, output);
  }
  if (failures.length === 0) return;
  const kept =
    tickers.length === 1 ? "" : ` (${failures.length} of ${tickers.length} tickers failed; the others are stored)`;
  throw new Error(`${failures.join("; ")}${kept}`);
}

async function remove(store: PriceStore, ticker: string, { output }: Terminal): Promise<void> {
  const removed = await store.remove(ticker);
  writeLine(output, `${ticker} ${extent(removed)} from ${removed.source} (removed)`);
}

async function list(store: PriceStore, { output }: Terminal): Promise<void> {
  const held = await store.list();
  if (held.length === 0) writeLine(output, `No prices are held in ${store.description}`);
  const width = (column: keyof HeldPrices) => Math.max(0, ...held.map((row) => String(row[column]).length));
  const [tickerWidth, rowsWidth] = [width("ticker"), width("rows")];
  for (const { ticker, first_day, last_day, rows, source } of held) {
    const columns = [ticker.padEnd(tickerWidth), `${first_day} to ${last_day}`, String(rows).padStart(rowsWidth)];
    writeLine(output, `${columns.join("  ")} rows from ${source}`);
  }
  for (const series of await store.listSeries()) {
    writeLine(
      output,
      `${series.name}  ${series.first_day} to ${series.last_day}  ${series.rows} values from ${series.source}`,
    );
  }
}

function show(report: PriceImportReport, { description }: PriceStore, output: Terminal["output"]): void {
  const { rows, tickers, skipped_rows: skippedRows, skipped } = report;
  for (const ticker of tickers) {
    writeLine(output, `${ticker.ticker} ${extent(ticker)} (${whatWasHeld(ticker)})`);
    for (const { day, message } of ticker.warnings) writeLine(output, `  ${day}: ${message}`);
  }
  if (skippedRows > 0) writeLine(output, `${skippedRows} rows left out`);
  for (const reason of skipped) writeLine(output, `  ${reason}`);
  writeLine(
    output,
    `${rows} rows of ${tickers.length} ${tickers.length === 1 ? "ticker" : "tickers"} in ${description}`,
  );
}

function whatWasHeld({ replaced, unchanged }: Pick<ImportedPrices, "replaced" | "unchanged">): string {
  if (unchanged) return "unchanged";
  return replaced === null ? "new" : `replaced ${extent(replaced)} from ${replaced.source}`;
}

function extent({ rows, first_day, last_day }: Pick<HeldPrices, "rows" | "first_day" | "last_day">): string {
  return `${rows} rows ${first_day} to ${last_day}`;
}

/** The bytes of a file, decompressed if its name ends in `.gz`. */
async function* unpacked(name: string, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (!/\.gz$/i.test(name)) return yield* bytes;
  const gunzip = createGunzip();
  // A failure of either stream reaches the loop as an error of the second.
  void pipeline(bytes, gunzip).catch(() => undefined);
  try {
    yield* gunzip as AsyncIterable<Buffer>;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    throw code.startsWith("Z_") ? new Error(`${name} is not a gzip file, or is cut off`, { cause: error }) : error;
  }
}

async function* counted(csv: AsyncIterable<Buffer>, advance: Advance): AsyncGenerator<Uint8Array> {
  for await (const chunk of csv) {
    advance(chunk.byteLength);
    yield chunk;
  }
}

function counting(provider: PriceProvider, advance: Advance): PriceProvider {
  return {
    ...provider,
    async fetch(ticker, from, signal) {
      const bars = await provider.fetch(ticker, from, signal);
      advance(1);
      return bars;
    },
  };
}

function exchangeOption(): Option {
  const option = new Option("--exchange <code>", "whose sessions tell whether the last month of the tickers has ended");
  return option.choices(exchangeNames);
}

function toCharset(text: string): string {
  if (!isDecodable(text)) throw new InvalidArgumentError("Give a label that is known: euc-kr, utf-16le, windows-1252.");
  return text;
}

function toDay(text: string): string {
  if (!z.iso.date().safeParse(text).success) throw new InvalidArgumentError("Give a day as YYYY-MM-DD.");
  return text;
}

function toUrl(text: string): string {
  if (!/^https?:$/.test(URL.parse(text)?.protocol ?? "")) throw new InvalidArgumentError("Give an http or https URL.");
  return text;
}
