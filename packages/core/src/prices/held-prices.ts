import { type Db, listTickers } from "@strategy-executor/db";
import { toExchangeName } from "./exchange-days.ts";
import type { HeldPrices } from "./schemas.ts";

/** What is held of each ticker, in alphabetical order. */
export async function listHeldPrices(db: Db): Promise<HeldPrices[]> {
  const held = await listTickers(db);
  return held.map(({ ticker, firstDay, lastDay, rows, source, exchange, bars, warnings }) => ({
    ticker,
    first_day: firstDay,
    last_day: lastDay,
    rows,
    source,
    exchange: toExchangeName(exchange),
    bars: [...bars],
    warnings: [...warnings],
  }));
}
