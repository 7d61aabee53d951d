import { databaseNow, type Db, type HeldTicker, listTickers } from "@strategy-executor/db";
import { toDay } from "../market/calendar.ts";
import { toPriceWarning } from "../market/price-warning.ts";
import { readExchanges, toExchangeName } from "./exchange-days.ts";
import type { HeldPrices } from "./schemas.ts";
import { sessionsBehind } from "../schedules/sessions-behind.ts";

/** The stored prices of each ticker, without rows, in alphabetical order. */
export async function listHeldPrices(db: Db): Promise<HeldPrices[]> {
  return toHeldPrices(db, await listTickers(db));
}

/** The same in wire format. */
export async function toHeldPrices(db: Db, tickers: readonly HeldTicker[]): Promise<HeldPrices[]> {
  if (tickers.length === 0) return [];
  const [exchanges, now] = await Promise.all([readExchanges(db), databaseNow(db)]);
  // Most tickers end on the same day.
  const behind = new Map<string, number>();
  return tickers.map(({ ticker, firstDay, lastDay, rows, source, exchange: name, bars, warnings }) => {
    const exchange = toExchangeName(name);
    const key = `${exchange} ${lastDay}`;
    const sessions = behind.get(key) ?? sessionsBehind(exchanges(exchange), toDay(lastDay), now);
    behind.set(key, sessions);
    return {
      ticker,
      first_day: firstDay,
      last_day: lastDay,
      sessions_behind: sessions,
      rows,
      source,
      exchange,
      bars: [...bars],
      warnings: warnings.map(toPriceWarning),
    };
  });
}
