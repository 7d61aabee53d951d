import { isWeekday } from "../market/calendar.ts";
import type { Exchange, ExchangeException, ExchangeRules } from "./exchange.ts";

/** An exchange that follows the rules, except on the days that an operator has set. */
export function defineExchange(rules: ExchangeRules, exceptions: readonly ExchangeException[] = []): Exchange {
  const byDay = new Map(exceptions.map((exception) => [exception.day, exception]));
  const isSession = (day: number): boolean => byDay.get(day)?.session ?? (isWeekday(day) && !rules.isHoliday(day));
  // Terminates: exceptions close a finite number of days, and no rule closes a whole month.
  const search = (day: number, step: 1 | -1): number => {
    let found = day + step;
    while (!isSession(found)) found += step;
    return found;
  };
  return {
    name: rules.name,
    timeZone: rules.timeZone,
    horizon: rules.horizon,
    isSession,
    closeOf(day) {
      const time = byDay.get(day)?.close ?? rules.unusualClose(day) ?? rules.close;
      return { time, early: time < rules.close };
    },
    nextSession: (day) => search(day, 1),
    previousSession: (day) => search(day, -1),
  };
}
