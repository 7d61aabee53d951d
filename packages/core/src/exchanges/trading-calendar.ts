import { toIsoDay } from "../market/calendar.ts";
import type { TradingCalendar } from "../market/price-table.ts";
import type { ExchangeException, ExchangeName } from "./exchange.ts";
import { findExchange } from "./find-exchange.ts";

/** A day that an operator has set on an exchange. */
export interface DayOfExchange extends ExchangeException {
  readonly exchange: ExchangeName;
}

/** When any of the exchanges trades, with the days that an operator has set: a month has ended when it has on each. */
export function tradingCalendar(
  names: readonly ExchangeName[],
  exceptions: readonly DayOfExchange[] = [],
): TradingCalendar {
  const own = exceptions.filter(({ exchange }) => names.includes(exchange));
  const exchanges = (names.length > 0 ? names : (["weekdays"] as const)).map((name) =>
    findExchange(
      name,
      own.filter(({ exchange }) => exchange === name),
    ),
  );
  return {
    nextSession: (day) => Math.min(...exchanges.map((exchange) => exchange.nextSession(day))),
    exceptions: (from, to) =>
      own
        .filter(({ day }) => day >= from && day <= to)
        .map(({ exchange, day, session }) => `${exchange} ${toIsoDay(day)} ${session ? "open" : "closed"}`)
        .toSorted(),
  };
}
