import { getSchedule, getToday, listScheduleRuns, listSchedules, Schedule, ScheduleRun } from "@strategy-executor/core";
import type { z } from "zod";
import { builder } from "../builder.ts";
import { fieldDescriptions } from "../field-descriptions.ts";
import { pageArgs, pageCost, toConnection, toPageInput } from "../pagination.ts";

const todaysDecision = getToday.output.shape.schedules.element;
const describe = {
  schedule: fieldDescriptions(Schedule),
  run: fieldDescriptions(ScheduleRun),
  today: fieldDescriptions(todaysDecision),
};

export const ScheduleRunRef = builder.objectRef<z.output<typeof ScheduleRun>>("ScheduleRun").implement({
  description: ScheduleRun.description ?? "",
  fields: (t) => ({
    scheduleId: t.expose("schedule_id", { type: "SafeInt", ...describe.run("schedule_id") }),
    fireAt: t.expose("fire_at", { type: "DateTime", ...describe.run("fire_at") }),
    origin: t.exposeString("origin", describe.run("origin")),
    tradingDay: t.expose("trading_day", { type: "Date", nullable: true, ...describe.run("trading_day") }),
    state: t.exposeString("state", describe.run("state")),
    reason: t.exposeString("reason", { nullable: true, ...describe.run("reason") }),
    executionId: t.expose("execution_id", { type: "SafeInt", nullable: true, ...describe.run("execution_id") }),
    changed: t.exposeBoolean("changed", { nullable: true, ...describe.run("changed") }),
    notification: t.exposeString("notification", describe.run("notification")),
  }),
});

const ScheduleRunConnection = builder.connectionObject(
  { name: "ScheduleRunConnection", type: ScheduleRunRef, description: "A page of runs, latest fire first." },
  { name: "ScheduleRunEdge", description: "A run in a page." },
);

export const ScheduleRef = builder.objectRef<z.output<typeof Schedule>>("Schedule").implement({
  description: Schedule.description ?? "",
  fields: (t) => ({
    scheduleId: t.expose("schedule_id", { type: "SafeInt", ...describe.schedule("schedule_id") }),
    client: t.exposeString("client", describe.schedule("client")),
    name: t.exposeString("name", describe.schedule("name")),
    strategyName: t.exposeString("strategy_name", describe.schedule("strategy_name")),
    parameters: t.expose("parameters", { type: "JSON", ...describe.schedule("parameters") }),
    label: t.exposeString("label", { nullable: true, ...describe.schedule("label") }),
    priority: t.exposeString("priority", describe.schedule("priority")),
    when: t.expose("when", { type: "JSON", description: "When it fires, with defaults filled in." }),
    prices: t.expose("prices", { type: "JSON", description: "How runs get the prices of their trading day." }),
    catchUp: t.exposeString("catch_up", describe.schedule("catch_up")),
    catchUpHours: t.exposeInt("catch_up_hours", describe.schedule("catch_up_hours")),
    callback: t.expose("callback", { type: "JSON", nullable: true, ...describe.schedule("callback") }),
    version: t.exposeInt("version", describe.schedule("version")),
    description: t.exposeString("description", describe.schedule("description")),
    pausedAt: t.expose("paused_at", { type: "DateTime", nullable: true, ...describe.schedule("paused_at") }),
    pauseNote: t.exposeString("pause_note", { nullable: true, ...describe.schedule("pause_note") }),
    nextAt: t.expose("next_at", { type: "DateTime", nullable: true, ...describe.schedule("next_at") }),
    decision: t.expose("decision", { type: "JSON", nullable: true, ...describe.schedule("decision") }),
    decidedOn: t.expose("decided_on", { type: "Date", nullable: true, ...describe.schedule("decided_on") }),
    createdAt: t.expose("created_at", { type: "DateTime", ...describe.schedule("created_at") }),
    updatedAt: t.expose("updated_at", { type: "DateTime", ...describe.schedule("updated_at") }),
    runs: t.field({
      type: ScheduleRunConnection,
      description: listScheduleRuns.summary,
      errors: {},
      args: pageArgs,
      complexity: pageCost,
      resolve: async ({ schedule_id }, page, { ctx }) => {
        const { runs, next_cursor } = await listScheduleRuns.call(ctx, { schedule_id, ...toPageInput(page) });
        return toConnection({ page: runs, next_cursor }, page, ({ fire_at }) => String(Date.parse(fire_at)));
      },
    }),
  }),
});

const ScheduleConnection = builder.connectionObject(
  { name: "ScheduleConnection", type: ScheduleRef, description: "A page of schedules, oldest first." },
  { name: "ScheduleEdge", description: "A schedule in a page." },
);

builder.queryField("schedule", (t) =>
  t.field({
    type: ScheduleRef,
    description: getSchedule.summary,
    errors: {},
    args: { scheduleId: t.arg({ type: "SafeInt", required: true, ...describe.schedule("schedule_id") }) },
    resolve: (_root, { scheduleId }, { ctx }) => getSchedule.call(ctx, { schedule_id: scheduleId }),
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
      return toConnection({ page: schedules, next_cursor }, page, ({ schedule_id }) => String(schedule_id));
    },
  }),
);

const TodaysDecisionRef = builder.objectRef<z.output<typeof todaysDecision>>("TodaysDecision").implement({
  description: todaysDecision.description ?? "",
  fields: (t) => ({
    scheduleId: t.expose("schedule_id", { type: "SafeInt", ...describe.today("schedule_id") }),
    name: t.exposeString("name", describe.today("name")),
    executionId: t.expose("execution_id", { type: "SafeInt", ...describe.today("execution_id") }),
    decision: t.expose("decision", { type: "JSON", description: "What to hold: weights and mode, or a signal." }),
    previous: t.expose("previous", { type: "JSON", nullable: true, ...describe.today("previous") }),
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
