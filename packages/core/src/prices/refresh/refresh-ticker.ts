import { databaseNow, type Db, findHeldPrices, type HeldVersion, readImportedRows } from "@strategy-executor/db";
import { DomainError } from "../../common/domain-error.ts";
import { usualExchange } from "../../exchanges/exchange.ts";
import { barColumns } from "../../market/bars.ts";
import { readExchanges, toExchangeName } from "../exchange-days.ts";
import { finishedBars } from "../providers/finished-bars.ts";
import type { DailyBar, PriceProvider } from "../providers/price-provider.ts";
import type { PriceProviders } from "../providers/price-providers.ts";
import { publishTicker } from "./publish-ticker.ts";
import { refusalOf } from "./compare-prices.ts";
import type { RefreshedPrices } from "./refreshed-prices.ts";

/** Maximum number of times a comparison is repeated because an import came in between. */
const maxTries = 3;

/**
 * Replaces all rows of one ticker with its provider's. If the answer contradicts the stored rows, they stay.
 * @throws DomainError `unavailable` when a later try may succeed
 */
export async function refreshTicker(
  db: Db,
  providers: PriceProviders,
  ticker: string,
  signal: AbortSignal,
): Promise<RefreshedPrices> {
  for (let tries = 1; ; tries += 1) {
    const held = (await findHeldPrices(db, [ticker])).get(ticker);
    const provider = held === undefined ? providers.usual : providers.of(held.source);
    if (provider === undefined) {
      const message = `The prices came from ${held!.source}: set PRICES_PROVIDER to say where newer ones are`;
      return { ticker, outcome: "skipped", provider: null, ...extentOf(held), new_days: 0, message };
    }
    const refreshed = await refreshFrom(db, provider, ticker, held, signal);
    if (refreshed !== "overtaken") return refreshed;
    if (tries === maxTries) throw new DomainError("unavailable", "The prices were replaced meanwhile; try again");
  }
}

async function refreshFrom(
  db: Db,
  provider: PriceProvider,
  ticker: string,
  held: HeldVersion | undefined,
  signal: AbortSignal,
): Promise<RefreshedPrices | "overtaken"> {
  const own = { ticker, provider: provider.name, ...extentOf(held), new_days: 0 };
  const exchange = held === undefined ? usualExchange(ticker) : toExchangeName(held.exchange);
  const answer = await fetchBars(provider, ticker, held?.firstDay, signal);
  if (typeof answer === "string") return { ...own, outcome: "failed", message: answer };
  const calendar = (await readExchanges(db))(exchange);
  const clock = { now: await databaseNow(db), settlingMs: provider.settlingMs };
  const bars = finishedBars(answer, calendar, clock);
  if (bars.length === 0) return { ...own, outcome: "failed", message: `${provider.name} has no finished day yet` };
  const stored = held === undefined ? [] : await storedBars(db, held, ticker);
  const refusal = refusalOf(stored, bars);
  if (refusal !== undefined) return { ...own, outcome: "refused", message: refusal };
  const published = await publishTicker(db, {
    source: provider.name,
    exchange,
    rows: bars.map((bar) => ({ ticker, ...bar })),
    replaces: held?.importId ?? null,
  });
  if (published === null) return "overtaken";
  return {
    ticker,
    outcome: published.unchanged ? "unchanged" : held === undefined ? "new" : "replaced",
    provider: provider.name,
    first_day: bars[0]!.day,
    last_day: bars.at(-1)!.day,
    rows: bars.length,
    new_days: bars.length - stored.length,
    message: null,
  };
}

/** The answer, or the reason why a later try would not bring one. */
async function fetchBars(
  provider: PriceProvider,
  ticker: string,
  from: string | undefined,
  signal: AbortSignal,
): Promise<readonly DailyBar[] | string> {
  try {
    return await provider.fetch(ticker, from, signal);
  } catch (error) {
    if (error instanceof DomainError && error.code !== "unavailable") return error.message;
    throw error;
  }
}

async function storedBars(db: Db, { importId }: HeldVersion, ticker: string): Promise<DailyBar[]> {
  const bars: DailyBar[] = [];
  for await (const { day, close, adjClose, ...row } of readImportedRows(db, importId, ticker)) {
    const known = barColumns.flatMap((column) => (row[column] == null ? [] : [[column, row[column]]]));
    bars.push({ day, close, adjClose, ...Object.fromEntries(known) });
  }
  return bars;
}

function extentOf(held: HeldVersion | undefined) {
  if (held === undefined) return { first_day: null, last_day: null, rows: 0 };
  return { first_day: held.firstDay, last_day: held.lastDay, rows: held.rows };
}
