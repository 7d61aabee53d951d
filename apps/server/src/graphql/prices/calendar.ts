import { ExchangeDay, getCalendar, setExchangeDay } from "@strategy-executor/core";
import type { z } from "zod";
import { builder } from "../builder.ts";
import { fieldDescriptions } from "../field-descriptions.ts";
import { toInput } from "../name-mapping.ts";

type Calendar = z.output<typeof getCalendar.output>;

const session = getCalendar.output.shape.sessions.element;
const describe = {
  day: fieldDescriptions(ExchangeDay),
  session: fieldDescriptions(session),
  calendar: fieldDescriptions(getCalendar.output),
  asked: fieldDescriptions(getCalendar.input),
  set: fieldDescriptions(setExchangeDay.input),
};

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
    exchange: t.exposeString("exchange", describe.calendar("exchange")),
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
    args: {
      exchange: t.arg.string({ required: true, ...describe.asked("exchange") }),
      from: t.arg({ type: "Date", ...describe.asked("from") }),
      to: t.arg({ type: "Date", ...describe.asked("to") }),
    },
    resolve: (_root, args, { ctx }) => getCalendar.call(ctx, toInput(args)),
  }),
);

builder.mutationField("setExchangeDay", (t) =>
  t.field({
    type: ExchangeDayRef,
    description: setExchangeDay.summary,
    errors: {},
    args: {
      exchange: t.arg.string({ required: true, ...describe.set("exchange") }),
      day: t.arg({ type: "Date", required: true, ...describe.set("day") }),
      session: t.arg.boolean(describe.set("session")),
      close: t.arg.string(describe.set("close")),
      note: t.arg.string(describe.set("note")),
    },
    // Null removes an exception, so it must not be dropped like an absent argument.
    resolve: (_root, { session: wanted, ...args }, { ctx }) =>
      setExchangeDay.call(ctx, { ...toInput(args), ...(wanted !== undefined && { session: wanted }) }),
  }),
);
