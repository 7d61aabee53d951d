import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import {
  fetchCsv,
  type HeldPrices,
  type ImportedPrices,
  type PriceImportReport,
  type PriceProvider,
  yahoo,
} from "@strategy-executor/core/prices";
import { Command, InvalidArgumentError } from "commander";
import { z } from "zod";
import { runWithStore } from "./operator/run-with-store.ts";
import { openPriceStore, type PriceStore } from "./prices-command/price-store.ts";
import { type Advance, withProgress } from "./prices-command/progress.ts";

interface FetchOptions {
  readonly from?: string;
  readonly yahoo?: string;
}

const command = new Command("prices").description("Loads and lists daily prices.").showHelpAfterError();

command
  .command("import")
  .description(
    "Loads a CSV file: date,ticker,close,adj_close, or with --ticker date,open,high,low,close,adj_close,volume.",
  )
  .argument("<file>", "replaces everything held for each ticker in it")
  .option("--ticker <ticker>", "what a file without a column ticker holds: SPY")
  .action((file: string, { ticker }: { ticker?: string }) => run((store) => importFile(store, file, ticker)));

command
  .command("list")
  .description("Shows what is held.")
  .action(() => run(list));

command
  .command("fetch")
  .description("Gets the daily history of tickers from Yahoo Finance.")
  .argument("<tickers...>", "SPY QQQ ...: replaces everything held for each")
  .option("--from <day>", "only from this day on (YYYY-MM-DD); without it the whole history", toDay)
  .option("--yahoo <url>", "where Yahoo's chart API answers, if not at Yahoo", toUrl)
  .action((tickers: string[], options: FetchOptions) => run((store) => fetchTickers(store, tickers, options)));

await command.parseAsync();

function run(action: (store: PriceStore) => Promise<void>): Promise<void> {
  return runWithStore(openPriceStore, action);
}

async function importFile(store: PriceStore, file: string, ticker: string | undefined): Promise<void> {
  // npm runs scripts in the checkout; INIT_CWD is where the person is.
  const path = resolve(process.env["INIT_CWD"] ?? ".", file);
  const { size } = await stat(path);
  const name = basename(path);
  const report = await withProgress({ what: name, total: size, unit: "bytes" }, (advance) =>
    store.load({ name, ticker, csv: counted(createReadStream(path), advance) }),
  );
  show(report, store);
}

async function fetchTickers(store: PriceStore, given: readonly string[], options: FetchOptions): Promise<void> {
  const provider = yahoo(options.yahoo === undefined ? {} : { origin: options.yahoo });
  const tickers = [...new Set(given.map((ticker) => ticker.toUpperCase()))];
  const report = await withProgress({ what: provider.name, total: tickers.length, unit: "tickers" }, (advance) => {
    const csv = fetchCsv({ provider: counting(provider, advance), tickers, from: options.from });
    return store.load({ name: provider.name, csv });
  });
  show(report, store);
}

async function list(store: PriceStore): Promise<void> {
  const held = await store.list();
  if (held.length === 0) write(`No prices are held in ${store.description}`);
  const width = (column: keyof HeldPrices) => Math.max(0, ...held.map((row) => String(row[column]).length));
  const [tickerWidth, rowsWidth] = [width("ticker"), width("rows")];
  for (const { ticker, first_day, last_day, rows, source } of held) {
    const columns = [ticker.padEnd(tickerWidth), `${first_day} to ${last_day}`, String(rows).padStart(rowsWidth)];
    write(`${columns.join("  ")} rows from ${source}`);
  }
}

function show({ rows, tickers }: PriceImportReport, { description }: PriceStore): void {
  for (const ticker of tickers) write(`${ticker.ticker} ${extent(ticker)} (${whatWasHeld(ticker)})`);
  write(`${rows} rows of ${tickers.length} ${tickers.length === 1 ? "ticker" : "tickers"} in ${description}`);
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

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}

function toDay(text: string): string {
  if (!z.iso.date().safeParse(text).success) throw new InvalidArgumentError("Give a day as YYYY-MM-DD.");
  return text;
}

function toUrl(text: string): string {
  if (!/^https?:$/.test(URL.parse(text)?.protocol ?? "")) throw new InvalidArgumentError("Give an http or https URL.");
  return text;
}
