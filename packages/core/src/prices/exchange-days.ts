import type { ExchangeDay } from "@strategy-executor/db";
import { type ExchangeName, isExchangeName } from "../exchanges/exchange.ts";
import type { DayOfExchange } from "../exchanges/trading-calendar.ts";
import { toDay } from "../market/calendar.ts";

/** Days set by operators, as exchanges take them. */
export function toExceptions(days: readonly ExchangeDay[]): DayOfExchange[] {
  return days.map(({ exchange, day, session, close }) => {
    return { exchange: toExchangeName(exchange), day: toDay(day), session, close };
  });
}

/** An exchange that only a newer version knows counts as `weekdays`. */
export function toExchangeName(text: string): ExchangeName {
  return isExchangeName(text) ? text : "weekdays";
}
