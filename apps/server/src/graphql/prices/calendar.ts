import { ExchangeDay, getCalendar, setExchangeDay } from "@strategy-executor/core";
import type { z } from "zod";
import { builder } from "../builder.ts";
import { fieldDescriptions } from "../mapping/field-descriptions.ts";
import { argumentsOf } from "../mapping/input-of.ts";
import { toInput } from "../mapping/to-input.ts";
import { ExchangeRef } from "./prices.ts";

type Calendar = z.output<typeof getCalendar.output>;

const session = getCalendar.output.shape.sessions.element;
const describe = {
  day: fieldDescriptions(ExchangeDay),
  session: fieldDescriptions(session),
  calendar: fieldDescriptions(getCalendar.output),
};

/** In addresses of REST an unknown exchange is one that is not found, so the operation takes any text. */
const exchange = { exchange: { type: ExchangeRef, description: "The exchange." } };

const ExchangeDayRef = builder.objectRef<z.output<typeof ExchangeDay>>("ExchangeDay").implement({
  description: ExchangeDay.description ?? "",
  fields: (t) => ({
    day: t.expose("day", { type: "Date", ...describe.day("day") }),
    session: t.exposeBoolean("session", { nullable: true, ...describe.day("session") }),
    close: t.exposeString("close", { nullable: true, ...describe.day("close") }),
    note: t.exposeString("note", { nullable: true, ...describe.day("note") }),
  }),
});

const SessionRef = builder.objectRef<z.output<typeof session>>("ExchangeSession").implement({
  description: "A day on which an exchange trades.",
  fields: (t) => ({
    day: t.expose("day", { type: "Date", ...describe.session("day") }),
    close: t.exposeString("close", describe.session("close")),
    early: t.exposeBoolean("early", describe.session("early")),
  }),
});

const CalendarRef = builder.objectRef<Calendar>("Calendar").implement({
  description: "When an exchange trades.",
  fields: (t) => ({
    exchange: t.expose("exchange", { type: ExchangeRef, ...describe.calendar("exchange") }),
    timeZone: t.exposeString("time_zone", describe.calendar("time_zone")),
    horizon: t.expose("horizon", { type: "Date", nullable: true, ...describe.calendar("horizon") }),
    sessions: t.expose("sessions", { type: [SessionRef], ...describe.calendar("sessions") }),
    monthEnds: t.expose("month_ends", { type: ["Date"], ...describe.calendar("month_ends") }),
    exceptions: t.expose("exceptions", { type: [ExchangeDayRef], ...describe.calendar("exceptions") }),
  }),
});

builder.queryField("calendar", (t) =>
  t.field({
    type: CalendarRef,
    description: getCalendar.summary,
    errors: {},
    args: argumentsOf(getCalendar.input, { instead: exchange }),
    resolve: (_root, args, { ctx }) => getCalendar.call(ctx, toInput(getCalendar.input, args)),
  }),
);

builder.mutationField("setExchangeDay", (t) =>
  t.field({
    type: ExchangeDayRef,
    description: setExchangeDay.summary,
    errors: {},
    args: argumentsOf(setExchangeDay.input, { instead: exchange }),
    // Null removes an exception, so it must not be dropped like an absent argument.
    resolve: (_root, args, { ctx }) =>
      setExchangeDay.call(ctx, toInput(setExchangeDay.input, args, { keepsNull: true })),
  }),
);
