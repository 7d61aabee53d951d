import {
  getSchedule,
  getToday,
  listScheduleRuns,
  listSchedules,
  Schedule,
  scheduleCount,
  ScheduleRun,
} from "@strategy-executor/core";
import type { z } from "zod";
import { builder } from "../builder.ts";
import { ExecutionRef, nullIfMissing } from "../executions/execution.ts";
import { PriorityRef } from "../executions/mutations.ts";
import { enumOf } from "../mapping/enum-of.ts";
import { fieldDescriptions } from "../mapping/field-descriptions.ts";
import { argumentsOf } from "../mapping/input-of.ts";
import { outputOf } from "../mapping/output-of.ts";
import { toInput } from "../mapping/to-input.ts";
import { countedConnection, pageArgs, pageCost, toConnection, toPageInput } from "../pagination.ts";

const todaysDecision = getToday.output.shape.schedules.element;
const describe = {
  schedule: fieldDescriptions(Schedule),
  run: fieldDescriptions(ScheduleRun),
  today: fieldDescriptions(todaysDecision),
};

const { origin, state, notification } = ScheduleRun.shape;
const RunOriginRef = enumOf("ScheduleRunOrigin", origin.options, { description: origin.description });
const RunStateRef = enumOf("ScheduleRunState", state.options, { description: state.description });
const NotificationRef = enumOf("ScheduleRunNotification", notification.options, {
  description: notification.description,
});
const CatchUpRef = enumOf("CatchUp", Schedule.shape.catch_up.options, {
  description: "Which of the fires that were missed while the service was down run afterwards.",
});

const { when, prices, callback, decision } = Schedule.shape;
const about = {
  ScheduleWhen: "When a schedule fires: by the sessions of an exchange (`days`), or by the clock (`cron`).",
  SchedulePrices: "How runs get the prices of their trading day.",
  ScheduleCallback: "Where the results of a schedule are sent, and when.",
};
const WhenRef = outputOf("ScheduleWhen", when, { days: "SessionDays", time: "ScheduleTime" }, about);
const PricesRef = outputOf("SchedulePrices", prices, {}, about);
const CallbackRef = outputOf("ScheduleCallback", callback, { when: "NotificationRule" }, about);
const DecisionRef = outputOf("ScheduleDecision", decision);

export const ScheduleRunRef = builder.objectRef<z.output<typeof ScheduleRun>>("ScheduleRun").implement({
  description: ScheduleRun.description ?? "",
  fields: (t) => ({
    scheduleId: t.exposeID("schedule_id", describe.run("schedule_id")),
    fireAt: t.expose("fire_at", { type: "DateTime", ...describe.run("fire_at") }),
    origin: t.expose("origin", { type: RunOriginRef, ...describe.run("origin") }),
    tradingDay: t.expose("trading_day", { type: "Date", nullable: true, ...describe.run("trading_day") }),
    state: t.expose("state", { type: RunStateRef, ...describe.run("state") }),
    reason: t.exposeString("reason", { nullable: true, ...describe.run("reason") }),
    executionId: t.exposeID("execution_id", { nullable: true, ...describe.run("execution_id") }),
    execution: t.field({
      type: ExecutionRef,
      nullable: true,
      description: "Its execution; null before there is one, and after it was removed.",
      resolve: ({ execution_id }, _args, { loaders }) =>
        execution_id === null ? null : loaders.executions.load(execution_id).catch(nullIfMissing),
    }),
    changed: t.exposeBoolean("changed", { nullable: true, ...describe.run("changed") }),
    notification: t.expose("notification", { type: NotificationRef, ...describe.run("notification") }),
  }),
});

const ScheduleRunConnection = countedConnection(ScheduleRunRef, {
  name: "ScheduleRun",
  page: "A page of runs, latest fire first.",
  element: "A run in a page.",
});

export const ScheduleRef = builder.objectRef<z.output<typeof Schedule>>("Schedule");

builder.node(ScheduleRef, {
  description: Schedule.description ?? "",
  id: { resolve: ({ schedule_id }) => String(schedule_id), description: "Global id." },
  loadOne: (id, { ctx }) => getSchedule.call(ctx, { schedule_id: Number(id) }).catch(nullIfMissing),
  fields: (t) => ({
    scheduleId: t.exposeID("schedule_id", describe.schedule("schedule_id")),
    client: t.exposeString("client", describe.schedule("client")),
    name: t.exposeString("name", describe.schedule("name")),
    strategyName: t.exposeString("strategy_name", describe.schedule("strategy_name")),
    parameters: t.expose("parameters", { type: "JSON", ...describe.schedule("parameters") }),
    label: t.exposeString("label", { nullable: true, ...describe.schedule("label") }),
    priority: t.expose("priority", { type: PriorityRef, ...describe.schedule("priority") }),
    when: t.expose("when", { type: WhenRef, description: "When it fires, with defaults filled in." }),
    prices: t.expose("prices", { type: PricesRef, description: "How runs get the prices of their trading day." }),
    catchUp: t.expose("catch_up", { type: CatchUpRef, ...describe.schedule("catch_up") }),
    catchUpHours: t.exposeInt("catch_up_hours", describe.schedule("catch_up_hours")),
    callback: t.expose("callback", { type: CallbackRef, nullable: true, ...describe.schedule("callback") }),
    warnings: t.exposeStringList("warnings", describe.schedule("warnings")),
    version: t.exposeInt("version", describe.schedule("version")),
    description: t.exposeString("description", describe.schedule("description")),
    pausedAt: t.expose("paused_at", { type: "DateTime", nullable: true, ...describe.schedule("paused_at") }),
    pauseNote: t.exposeString("pause_note", { nullable: true, ...describe.schedule("pause_note") }),
    nextAt: t.expose("next_at", { type: "DateTime", nullable: true, ...describe.schedule("next_at") }),
    decision: t.expose("decision", { type: DecisionRef, nullable: true, ...describe.schedule("decision") }),
    decidedOn: t.expose("decided_on", { type: "Date", nullable: true, ...describe.schedule("decided_on") }),
    createdAt: t.expose("created_at", { type: "DateTime", ...describe.schedule("created_at") }),
    updatedAt: t.expose("updated_at", { type: "DateTime", ...describe.schedule("updated_at") }),
    runs: t.field({
      type: ScheduleRunConnection,
      description: listScheduleRuns.summary,
      errors: {},
      args: pageArgs,
      complexity: pageCost,
      resolve: async ({ schedule_id }, page, { ctx, loaders }) => {
        const { runs, next_cursor } = await listScheduleRuns.call(ctx, { schedule_id, ...toPageInput(page) });
        const count = () => loaders.runCounts.load(schedule_id);
        return toConnection({ page: runs, next_cursor }, page, ({ fire_at }) => String(Date.parse(fire_at)), count);
      },
    }),
  }),
});

const ScheduleConnection = countedConnection(ScheduleRef, {
  name: "Schedule",
  page: "A page of schedules, oldest first.",
  element: "A schedule in a page.",
});

builder.queryField("schedule", (t) =>
  t.field({
    type: ScheduleRef,
    description: getSchedule.summary,
    errors: {},
    args: argumentsOf(getSchedule.input, { id: "schedule_id" }),
    resolve: (_root, args, { ctx }) => getSchedule.call(ctx, toInput(getSchedule.input, args)),
  }),
);

builder.queryField("schedules", (t) =>
  t.field({
    type: ScheduleConnection,
    description: listSchedules.summary,
    args: pageArgs,
    complexity: pageCost,
    resolve: async (_root, page, { ctx }) => {
      const { schedules, next_cursor } = await listSchedules.call(ctx, toPageInput(page));
      const count = () => scheduleCount(ctx);
      return toConnection({ page: schedules, next_cursor }, page, ({ schedule_id }) => String(schedule_id), count);
    },
  }),
);

const scheduleLink = {
  type: ScheduleRef,
  nullable: true,
  description: "Its schedule; null without one, and after it was deleted.",
} as const;

builder.objectField(ExecutionRef, "schedule", (t) =>
  t.field({
    ...scheduleLink,
    resolve: ({ schedule_id }, _args, { loaders }) =>
      schedule_id === null ? null : loaders.schedules.load(schedule_id).catch(nullIfMissing),
  }),
);

builder.objectField(ScheduleRunRef, "schedule", (t) =>
  t.field({
    ...scheduleLink,
    resolve: ({ schedule_id }, _args, { loaders }) => loaders.schedules.load(schedule_id).catch(nullIfMissing),
  }),
);

const TodaysDecisionRef = builder.objectRef<z.output<typeof todaysDecision>>("TodaysDecision").implement({
  description: todaysDecision.description ?? "",
  fields: (t) => ({
    scheduleId: t.exposeID("schedule_id", describe.today("schedule_id")),
    name: t.exposeString("name", describe.today("name")),
    executionId: t.exposeID("execution_id", describe.today("execution_id")),
    execution: t.field({
      type: ExecutionRef,
      nullable: true,
      description: "The execution that decided; null after it was removed.",
      resolve: ({ execution_id }, _args, { loaders }) => loaders.executions.load(execution_id).catch(nullIfMissing),
    }),
    decision: t.expose("decision", { type: DecisionRef, description: "What to hold: weights and mode, or a signal." }),
    previous: t.expose("previous", { type: DecisionRef, nullable: true, ...describe.today("previous") }),
    turnover: t.exposeFloat("turnover", describe.today("turnover")),
    changed: t.exposeBoolean("changed", describe.today("changed")),
    because: t.exposeString("because", { nullable: true, ...describe.today("because") }),
    decidedOn: t.expose("decided_on", { type: "Date", nullable: true, ...describe.today("decided_on") }),
    tradedOn: t.expose("traded_on", { type: "Date", nullable: true, ...describe.today("traded_on") }),
    pricesUntil: t.expose("prices_until", { type: "Date", nullable: true, ...describe.today("prices_until") }),
  }),
});

builder.queryField("today", (t) =>
  t.field({
    type: [TodaysDecisionRef],
    description: getToday.summary,
    resolve: async (_root, _args, { ctx }) => (await getToday.call(ctx, {})).schedules,
  }),
);
