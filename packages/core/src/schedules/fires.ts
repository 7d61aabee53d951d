import type { Exchange, ExchangeName } from "../exchanges/exchange.ts";
import { cronInstants } from "./cron.ts";
import { type Fire, lastClosedSession, sessionFires } from "./session-fires.ts";
import { isCronRule, type When } from "./when.ts";

/** Finds an exchange with the days that its operator has set. */
export type FindExchange = (name: ExchangeName) => Exchange;

/** The fires of a rule after an instant, in ascending order. Ends only for a cron rule without a fire in five years. */
export function* firesAfter(when: When, exchanges: FindExchange, after: number): Generator<Fire, undefined> {
  if (!isCronRule(when)) {
    yield* sessionFires(when, exchanges(when.exchange), after);
    return;
  }
  const exchange = when.exchange === null ? null : exchanges(when.exchange);
  for (const fireAt of cronInstants(when.cron, when.time_zone, after)) {
    yield { fireAt, tradingDay: exchange && lastClosedSession(exchange, fireAt) };
  }
}

/** The first fire after an instant, or undefined if a cron rule has none in five years. */
export function nextFire(when: When, exchanges: FindExchange, after: number): Fire | undefined {
  for (const fire of firesAfter(when, exchanges, after)) return fire;
  return undefined;
}

/** The fires after one instant and up to another, oldest first, at most `limit`. */
export function firesBetween(
  when: When,
  exchanges: FindExchange,
  after: number,
  until: number,
  limit: number,
): readonly Fire[] {
  const found: Fire[] = [];
  for (const fire of firesAfter(when, exchanges, after)) {
    if (fire.fireAt > until || found.length === limit) break;
    found.push(fire);
  }
  return found;
}
