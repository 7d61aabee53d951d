import { ExchangeDay, getCalendar, setExchangeDay } from "@strategy-executor/core";
import type { z } from "zod";
import { builder } from "../builder.ts";
import { fieldDescriptions } from "../field-descriptions.ts";
import { toInput } from "../name-mapping.ts";

type Calendar = z.output<typeof getCalendar.output>;

const session = getCalendar.output.shape.sessions.element;
const say = {
  day: fieldDescriptions(ExchangeDay),
  session: fieldDescriptions(session),
  calendar: fieldDescriptions(getCalendar.output),
  asked: fieldDescriptions(getCalendar.input),
  set: fieldDescriptions(setExchangeDay.input),
};

const ExchangeDayRef = builder.objectRef<z.output<typeof ExchangeDay>>("ExchangeDay").implement({
  description: ExchangeDay.description ?? "",
  fields: (t) => ({
    day: t.expose("day", { type: "Date", ...say.day("day") }),
    session: t.exposeBoolean("session", { nullable: true, ...say.day("session") }),
    close: t.exposeString("close", { nullable: true, ...say.day("close") }),
    note: t.exposeString("note", { nullable: true, ...say.day("note") }),
  }),
});

const SessionRef = builder.objectRef<z.output<typeof session>>("ExchangeSession").implement({
  description: "A day on which an exchange trades.",
  fields: (t) => ({
    day: t.expose("day", { type: "Date", ...say.session("day") }),
    close: t.exposeString("close", say.session("close")),
    early: t.exposeBoolean("early", say.session("early")),
  }),
});

const CalendarRef = builder.objectRef<Calendar>("Calendar").implement({
  description: "When an exchange trades.",
  fields: (t) => ({
    exchange: t.exposeString("exchange", say.calendar("exchange")),
    timeZone: t.exposeString("time_zone", say.calendar("time_zone")),
    horizon: t.expose("horizon", { type: "Date", nullable: true, ...say.calendar("horizon") }),
    sessions: t.expose("sessions", { type: [SessionRef], ...say.calendar("sessions") }),
    monthEnds: t.expose("month_ends", { type: ["Date"], ...say.calendar("month_ends") }),
    exceptions: t.expose("exceptions", { type: [ExchangeDayRef], ...say.calendar("exceptions") }),
  }),
});

builder.queryField("calendar", (t) =>
  t.field({
    type: CalendarRef,
    description: getCalendar.summary,
    errors: {},
    args: {
      exchange: t.arg.string({ required: true, ...say.asked("exchange") }),
      from: t.arg({ type: "Date", ...say.asked("from") }),
      to: t.arg({ type: "Date", ...say.asked("to") }),
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
      exchange: t.arg.string({ required: true, ...say.set("exchange") }),
      day: t.arg({ type: "Date", required: true, ...say.set("day") }),
      session: t.arg.boolean(say.set("session")),
      close: t.arg.string(say.set("close")),
      note: t.arg.string(say.set("note")),
    },
    // Null takes an exception away, and must not get lost with absent arguments.
    resolve: (_root, { session: wanted, ...args }, { ctx }) =>
      setExchangeDay.call(ctx, { ...toInput(args), ...(wanted !== undefined && { session: wanted }) }),
  }),
);
