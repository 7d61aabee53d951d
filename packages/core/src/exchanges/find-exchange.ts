import { defineExchange } from "./define-exchange.ts";
import type { Exchange, ExchangeException, ExchangeName, ExchangeRules } from "./exchange.ts";
import { krx } from "./krx.ts";
import { nyse } from "./nyse.ts";

/** The exchange of this name, with the days that an operator has set. */
export function findExchange(name: ExchangeName, exceptions: readonly ExchangeException[] = []): Exchange {
  return exceptions.length === 0 ? byRules[name] : defineExchange(rules[name], exceptions);
}

/** For markets with unknown holidays, and for the synthetic market. */
const weekdays: ExchangeRules = {
  name: "weekdays",
  timeZone: "UTC",
  horizon: null,
  close: "16:00",
  isHoliday: () => false,
  unusualClose: () => undefined,
};

const rules: Readonly<Record<ExchangeName, ExchangeRules>> = { XNYS: nyse, XKRX: krx, weekdays };

const byRules: Readonly<Record<ExchangeName, Exchange>> = {
  XNYS: defineExchange(nyse),
  XKRX: defineExchange(krx),
  weekdays: defineExchange(weekdays),
};
