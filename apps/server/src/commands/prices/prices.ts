import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import {
  fetchCsv,
  type ExchangeName,
  exchangeNames,
  type HeldPrices,
  type ImportedPrices,
  type PriceImportReport,
  type PriceProvider,
  yahoo,
} from "@strategy-executor/core/prices";
import { type Command, InvalidArgumentError, Option } from "commander";
import { z } from "zod";
import { type Terminal, withStore, writeLine } from "../operator/terminal.ts";
import { openPriceStore, type PriceStore } from "./price-store.ts";
import { type Advance, withProgress } from "./progress.ts";

interface ImportOptions {
  readonly ticker?: string | undefined;
  readonly exchange?: ExchangeName | undefined;
}

interface FetchOptions {
  readonly from?: string;
  readonly exchange?: ExchangeName;
  readonly yahoo?: string;
}

/** `npm run prices`: loads and lists prices. */
export function prices(command: Command, terminal: Terminal): void {
  const run = (action: (store: PriceStore, to: Terminal) => Promise<void>) =>
    withStore(openPriceStore, terminal, action);
  command.name("prices").description("Loads and lists daily prices.");

  command
    .command("import")
    .description(
      "Loads a CSV file: date,ticker,close,adj_close, or with --ticker date,open,high,low,close,adj_close,volume.",
    )
    .argument("<file>", "replaces all prices of each ticker in the file")
    .option("--ticker <ticker>", "the ticker of a file without a ticker column: SPY")
    .addOption(exchangeOption())
    .action((file: string, { ticker, exchange }: ImportOptions) =>
      run((store, to) => importFile(store, { file, ticker, exchange }, to)),
    );

  command
    .command("list")
    .description("Lists the stored prices.")
    .action(() => run(list));

  command
    .command("fetch")
    .description("Gets the daily history of tickers from Yahoo Finance.")
    .argument("<tickers...>", "SPY QQQ ...: replaces all prices of each")
    .option("--from <day>", "first day (YYYY-MM-DD); the whole history when absent", toDay)
    .addOption(exchangeOption())
    .option("--yahoo <url>", "another address of Yahoo's chart API", toUrl)
    .action((tickers: string[], options: FetchOptions) =>
      run((store, to) => fetchTickers(store, tickers, options, to)),
    );
}

async function importFile(
  store: PriceStore,
  { file, ticker, exchange }: ImportOptions & { readonly file: string },
  { environment, output, errors }: Terminal,
): Promise<void> {
  // npm runs scripts in the checkout; INIT_CWD is the user's folder.
  const path = resolve(environment["INIT_CWD"] ?? ".", file);
  const { size } = await stat(path);
  const name = basename(path);
  const report = await withProgress({ what: name, total: size, unit: "bytes" }, errors, (advance) =>
    store.load({ name, ticker, exchange, csv: counted(createReadStream(path), advance) }),
  );
  show(report, store, output);
}

async function fetchTickers(
  store: PriceStore,
  given: readonly string[],
  options: FetchOptions,
  { output, errors }: Terminal,
): Promise<void> {
  const provider = yahoo(options.yahoo === undefined ? {} : { origin: options.yahoo });
  const tickers = [...new Set(given.map((ticker) => ticker.toUpperCase()))];
  const progress = { what: provider.name, total: tickers.length, unit: "tickers" };
  const report = await withProgress(progress, errors, (advance) => {
    const csv = fetchCsv({ provider: counting(provider, advance), tickers, from: options.from });
    return store.load({ name: provider.name, exchange: options.exchange, csv });
  });
  show(report, store, output);
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
}

function show({ rows, tickers }: PriceImportReport, { description }: PriceStore, output: Terminal["output"]): void {
  for (const ticker of tickers) writeLine(output, `${ticker.ticker} ${extent(ticker)} (${whatWasHeld(ticker)})`);
  writeLine(
    output,
    `${rows} rows of ${tickers.length} ${tickers.length === 1 ? "ticker" : "tickers"} in ${description}`,
  );
}

function whatWasHeld({ replaced, unchanged }: ImportedPrices): string {
  if (unchanged) return "unchanged";
  return replaced === null ? "new" : `replaced ${extent(replaced)} from ${replaced.source}`;
}

function extent({ rows, first_day, last_day }: Pick<HeldPrices, "rows" | "first_day" | "last_day">): string {
  return `${rows} rows ${first_day} to ${last_day}`;
}

async function* counted(csv: AsyncIterable<Buffer>, advance: Advance): AsyncGenerator<Uint8Array> {
  for await (const chunk of csv) {
    advance(chunk.byteLength);
    yield chunk;
  }
}

function counting(provider: PriceProvider, advance: Advance): PriceProvider {
  return {
    name: provider.name,
    async fetch(ticker, from) {
      const bars = await provider.fetch(ticker, from);
      advance(1);
      return bars;
    },
  };
}

function exchangeOption(): Option {
  const option = new Option("--exchange <code>", "whose sessions tell whether the last month of the tickers has ended");
  return option.choices(exchangeNames);
}

function toDay(text: string): string {
  if (!z.iso.date().safeParse(text).success) throw new InvalidArgumentError("Give a day as YYYY-MM-DD.");
  return text;
}

function toUrl(text: string): string {
  if (!/^https?:$/.test(URL.parse(text)?.protocol ?? "")) throw new InvalidArgumentError("Give an http or https URL.");
  return text;
}
