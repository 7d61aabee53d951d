import { sql } from "drizzle-orm";
import { textArray } from "../connection/array-literal.ts";
import type { Db } from "../connection/database.ts";
import { rowsOf } from "../connection/rows.ts";

/** Records that the prices of these tickers, as far as stored, are requested from their provider now. */
export async function noteAsked(db: Db, tickers: readonly string[]): Promise<void> {
  await db.execute(sql`
    insert into price_requests (ticker, asked_at)
    select ticker, clock_timestamp() from price_tickers
    where ticker = any(${textArray(tickers)}::text::text[]) order by ticker
    on conflict (ticker) do update set asked_at = excluded.asked_at`);
}

/** Claims the stored tickers that nobody has requested within the given seconds. Of simultaneous callers, one gets each ticker. */
export async function claimPriceRequests(db: Db, tickers: readonly string[], seconds: number): Promise<string[]> {
  const rows = rowsOf<{ ticker: string }>(
    await db.execute(sql`
      insert into price_requests as request (ticker, asked_at)
      select ticker, clock_timestamp() from price_tickers
      where ticker = any(${textArray(tickers)}::text::text[]) order by ticker
      on conflict (ticker) do update set asked_at = excluded.asked_at
        where request.asked_at <= clock_timestamp() - make_interval(secs => ${seconds}::float8)
      returning ticker`),
  );
  return rows.map(({ ticker }) => ticker).toSorted();
}
