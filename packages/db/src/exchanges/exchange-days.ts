import { and, asc, eq } from "drizzle-orm";
import type { Db } from "../connection/database.ts";
import { exchangeDays } from "../schema.ts";

/** A day on which an exchange did not follow its rules, as an operator has set it. */
export interface ExchangeDay {
  readonly exchange: string;
  /** ISO day. */
  readonly day: string;
  readonly session: boolean;
  /** Local time of the close, `13:00`; null for the time of the rules. */
  readonly close: string | null;
  readonly note: string | null;
}

/** The days that operators have set, of one exchange or of all, oldest first. */
export function listExchangeDays(db: Db, exchange?: string): Promise<ExchangeDay[]> {
  const { day, session, close, note } = exchangeDays;
  return db
    .select({ exchange: exchangeDays.exchange, day, session, close, note })
    .from(exchangeDays)
    .where(exchange === undefined ? undefined : eq(exchangeDays.exchange, exchange))
    .orderBy(asc(exchangeDays.exchange), asc(day));
}

/** Sets a day in place of what was set before. */
export async function setExchangeDay(db: Db, { exchange, day, session, close, note }: ExchangeDay): Promise<void> {
  await db
    .insert(exchangeDays)
    .values({ exchange, day, session, close, note })
    .onConflictDoUpdate({ target: [exchangeDays.exchange, exchangeDays.day], set: { session, close, note } });
}

/** Leaves a day to the rules again. */
export async function clearExchangeDay(db: Db, exchange: string, day: string): Promise<void> {
  await db.delete(exchangeDays).where(and(eq(exchangeDays.exchange, exchange), eq(exchangeDays.day, day)));
}
