import { type Db, type HeldTicker, listTickers } from "@strategy-executor/db";
import { toExchangeName } from "./exchange-days.ts";
import type { HeldPrices } from "./schemas.ts";

/** What is held of each ticker, in alphabetical order. */
export async function listHeldPrices(db: Db): Promise<HeldPrices[]> {
  return (await listTickers(db)).map(toHeldPrices);
}

/** What is held of a ticker, as it goes over the wire. */
export function toHeldPrices(held: HeldTicker): HeldPrices {
  const { ticker, firstDay, lastDay, rows, source, exchange, bars, warnings } = held;
  return {
    ticker,
    first_day: firstDay,
    last_day: lastDay,
    rows,
    source,
    exchange: toExchangeName(exchange),
    bars: [...bars],
    warnings: [...warnings],
  };
}
