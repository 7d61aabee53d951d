import { type Db, type ExchangeDay, listExchangeDays } from "@strategy-executor/db";
import { type ExchangeName, isExchangeName } from "../exchanges/exchange.ts";
import { findExchange } from "../exchanges/find-exchange.ts";
import type { DayOfExchange } from "../exchanges/trading-calendar.ts";
import { toDay } from "../market/calendar.ts";
import type { FindExchange } from "../schedules/fires.ts";

/** The exchanges with the days that operators have set so far. */
export async function readExchanges(db: Db): Promise<FindExchange> {
  const exceptions = Map.groupBy(toExceptions(await listExchangeDays(db)), ({ exchange }) => exchange);
  return (name) => findExchange(name, exceptions.get(name));
}

/** Days set by operators, as exchanges take them. */
export function toExceptions(days: readonly ExchangeDay[]): DayOfExchange[] {
  return days.map(({ exchange, day, session, close }) => {
    return { exchange: toExchangeName(exchange), day: toDay(day), session, close };
  });
}

/** An exchange of a newer version counts as `weekdays`. */
export function toExchangeName(text: string): ExchangeName {
  return isExchangeName(text) ? text : "weekdays";
}
