import type { Exchange } from "../exchanges/exchange.ts";
import { firstSession, lastSession, nextPeriodStart, type Period, periodStart } from "../exchanges/session-period.ts";
import type { SessionRule } from "./when.ts";
import { instantOf, localDay } from "./zoned-time.ts";

/** One moment of a rule. */
export interface Fire {
  /** Milliseconds since 1970. */
  readonly fireAt: number;
  /** The session of the fire; null without an exchange. */
  readonly tradingDay: number | null;
}

/** The fires of a rule over sessions after an instant, in ascending order, without end. */
export function* sessionFires(rule: SessionRule, exchange: Exchange, after: number): Generator<Fire, never> {
  let last = after;
  for (const anchor of anchors(rule.days, exchange, earliestAnchor(rule, exchange, after))) {
    const tradingDay = moveSessions(exchange, anchor, rule.offset);
    const fireAt = fireTime(rule, exchange, tradingDay);
    if (fireAt <= last) continue;
    yield { fireAt, tradingDay };
    last = fireAt;
  }
  throw new Error("Sessions have no end");
}

/** When trading ends on a session, in milliseconds since 1970. */
export function closeInstant(exchange: Exchange, session: number): number {
  return instantOf(session, exchange.closeOf(session).time, exchange.timeZone);
}

/** The latest session whose trading has ended by an instant. */
export function lastClosedSession(exchange: Exchange, instant: number): number {
  const today = localDay(instant, exchange.timeZone);
  const isClosed = exchange.isSession(today) && closeInstant(exchange, today) <= instant;
  return isClosed ? today : exchange.previousSession(today);
}

function fireTime({ time, time_zone, day_offset }: SessionRule, exchange: Exchange, session: number): number {
  if (typeof time === "string") return instantOf(session + day_offset, time, time_zone);
  const close = instantOf(session + day_offset, exchange.closeOf(session).time, exchange.timeZone);
  const minutes = "after_close" in time ? time.after_close : -time.before_close;
  return close + minutes * 60_000;
}

/** Early enough that no anchor before it fires after the instant. */
function earliestAnchor({ offset, day_offset }: SessionRule, exchange: Exchange, after: number): number {
  // Zones differ by at most a day, and minutes after the close may cross midnight once more.
  const day = localDay(after, exchange.timeZone) - day_offset - 2;
  return moveSessions(exchange, exchange.previousSession(day), -Math.abs(offset));
}

function moveSessions(exchange: Exchange, session: number, by: number): number {
  let moved = session;
  for (let step = 0; step < Math.abs(by); step += 1) {
    moved = by > 0 ? exchange.nextSession(moved) : exchange.previousSession(moved);
  }
  return moved;
}

function* anchors(days: SessionRule["days"], exchange: Exchange, from: number): Generator<number, undefined> {
  if (days === "every_session") {
    for (let session = exchange.nextSession(from - 1); ; session = exchange.nextSession(session)) yield session;
  }
  const [period, edge] = days.split("_") as [Period, "start" | "end"];
  const find = edge === "start" ? firstSession : lastSession;
  for (let day = periodStart(period, from); ; day = nextPeriodStart(period, day)) {
    const session = find(exchange, period, day);
    if (session !== undefined) yield session;
  }
}
