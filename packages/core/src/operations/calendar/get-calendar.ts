import { listExchangeDays } from "@strategy-executor/db";
import { z } from "zod";
import { givenDay } from "../../common/given-time.ts";
import { DomainError } from "../../common/domain-error.ts";
import type { Exchange } from "../../exchanges/exchange.ts";
import { findExchange } from "../../exchanges/find-exchange.ts";
import { lastSession } from "../../exchanges/session-period.ts";
import { toDay, toIsoDay } from "../../market/calendar.ts";
import { toExceptions } from "../../prices/exchange-days.ts";
import { Exchange as KnownExchange } from "../../prices/schemas.ts";
import { query } from "../operation.ts";
import { ensureExchange, ExchangeDay, exchangeInput, LocalTime } from "./exchange-day.ts";

const maxDays = 50 * 366;

export const getCalendar = query({
  name: "getCalendar",
  summary: "Show when an exchange trades.",
  scope: "read",
  input: z.strictObject({
    exchange: exchangeInput,
    from: givenDay().optional().meta({ description: "First day; today when absent." }),
    to: givenDay()
      .optional()
      .meta({ description: "Last day, at most 50 years after the first; one year after the first when absent." }),
  }),
  output: z
    .object({
      exchange: KnownExchange.meta({ description: "Its market identifier code." }),
      time_zone: z.string().meta({ description: "IANA name of its zone." }),
      horizon: z.iso
        .date()
        .nullable()
        .meta({ description: "Last day whose holidays are known; null if the rules cover all days." }),
      sessions: z
        .array(
          z.object({
            day: z.iso.date().meta({ description: "A day on which it trades." }),
            close: LocalTime,
            early: z.boolean().meta({ description: "Whether it closes before the usual time." }),
          }),
        )
        .meta({ description: "Every day on which it trades, oldest first." }),
      month_ends: z.array(z.iso.date()).meta({ description: "Last sessions of their months, oldest first." }),
      exceptions: z.array(ExchangeDay).meta({ description: "Days on which the exchange does not follow its rules." }),
    })
    .meta({ id: "Calendar" }),
  async run(ctx, input) {
    const name = ensureExchange(input.exchange);
    const [from, to] = period(input.from, input.to);
    const days = await listExchangeDays(ctx.database.db, name);
    const exchange = findExchange(name, toExceptions(days));
    const sessions = sessionsOf(exchange, from, to);
    return {
      exchange: name,
      time_zone: exchange.timeZone,
      horizon: exchange.horizon === null ? null : toIsoDay(exchange.horizon),
      sessions: sessions.map((day) => ({ day: toIsoDay(day), ...closeOf(exchange, day) })),
      month_ends: sessions.filter((day) => lastSession(exchange, "month", day) === day).map(toIsoDay),
      exceptions: days
        .filter(({ day }) => toDay(day) >= from && toDay(day) <= to)
        .map(({ day, session, close, note }) => ({ day, session, close, note })),
    };
  },
});

/** @throws DomainError `invalid` for a period that is upside down or too long */
function period(first: string | undefined, last: string | undefined): [from: number, to: number] {
  const from = toDay(first ?? new Date().toISOString().slice(0, 10));
  const to = last === undefined ? from + 365 : toDay(last);
  const problem = to < from ? "is before `from`" : to - from > maxDays ? "is more than 50 years after `from`" : null;
  if (problem !== null) throw new DomainError("invalid", `to: ${problem}`, [{ path: "to", message: problem }]);
  return [from, to];
}

function sessionsOf(exchange: Exchange, from: number, to: number): number[] {
  const sessions: number[] = [];
  for (let day = exchange.nextSession(from - 1); day <= to; day = exchange.nextSession(day)) sessions.push(day);
  return sessions;
}

function closeOf(exchange: Exchange, day: number) {
  const { time, early } = exchange.closeOf(day);
  return { close: time, early };
}
