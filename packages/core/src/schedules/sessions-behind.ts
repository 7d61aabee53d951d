import type { Exchange } from "../exchanges/exchange.ts";
import { lastClosedSession } from "./session-fires.ts";

/** Prices that are further behind all count as this far. */
export const maxSessionsBehind = 1_000;

/**
 * How many sessions of an exchange have closed since a day by an instant: 0 when prices that end on that day are current,
 * 1,000 when it is more than that.
 *
 * @param lastDay - day number
 * @param instant - milliseconds since 1970
 */
export function sessionsBehind(exchange: Exchange, lastDay: number, instant: number): number {
  let count = 0;
  for (
    let session = lastClosedSession(exchange, instant);
    session > lastDay && count < maxSessionsBehind;
    session = exchange.previousSession(session)
  ) {
    count += 1;
  }
  return count;
}
