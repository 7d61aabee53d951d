import {
  backfillSchedule,
  createSchedule,
  deleteSchedule,
  pauseSchedule,
  resumeSchedule,
  Schedule,
  triggerSchedule,
  updateSchedule,
} from "@strategy-executor/core";
import type { z } from "zod";
import { builder } from "../builder.ts";
import { PriorityRef } from "../executions/mutations.ts";
import { fieldDescriptions } from "../field-descriptions.ts";
import { type CamelCased, toInput } from "../name-mapping.ts";
import { ScheduleRef, ScheduleRunRef } from "./schedules.ts";

const say = {
  created: fieldDescriptions(createSchedule.input),
  updated: fieldDescriptions(updateSchedule.input),
  paused: fieldDescriptions(pauseSchedule.input),
  backfill: fieldDescriptions(backfillSchedule.input),
  backfilled: fieldDescriptions(backfillSchedule.output),
};

const CatchUpRef = builder.enumType("CatchUp", {
  description: "Which fires run that were missed while the service was down.",
  values: Schedule.shape.catch_up.options,
});

/** What is JSON is checked by the operation alone. */
type Json<Input, Field extends string> = Omit<Input, Field> & { [Name in Field]?: unknown };
type Creation = Json<z.input<typeof createSchedule.input>, "parameters" | "prices" | "callback" | "when"> & {
  when: NonNullable<unknown>;
};
type Update = Json<z.input<typeof updateSchedule.input>, "parameters" | "prices" | "callback" | "when">;

const CreateScheduleInput = builder.inputRef<CamelCased<Creation>>("CreateScheduleInput").implement({
  fields: (t) => ({
    name: t.string({ required: true, ...say.created("name") }),
    strategyName: t.string({ required: true, ...say.created("strategy_name") }),
    parameters: t.field({ type: "JSON", ...say.created("parameters") }),
    label: t.string(say.created("label")),
    priority: t.field({ type: PriorityRef, ...say.created("priority") }),
    when: t.field({ type: "JSON", required: true, ...say.created("when") }),
    prices: t.field({ type: "JSON", ...say.created("prices") }),
    catchUp: t.field({ type: CatchUpRef, ...say.created("catch_up") }),
    catchUpHours: t.int(say.created("catch_up_hours")),
    callback: t.field({ type: "JSON", ...say.created("callback") }),
  }),
});

const UpdateScheduleInput = builder.inputRef<CamelCased<Update>>("UpdateScheduleInput").implement({
  fields: (t) => ({
    scheduleId: t.field({ type: "SafeInt", required: true, ...say.updated("schedule_id") }),
    version: t.int({ required: true, ...say.updated("version") }),
    name: t.string(say.updated("name")),
    strategyName: t.string(say.updated("strategy_name")),
    parameters: t.field({ type: "JSON", ...say.updated("parameters") }),
    label: t.string(say.updated("label")),
    priority: t.field({ type: PriorityRef, ...say.updated("priority") }),
    when: t.field({ type: "JSON", ...say.created("when") }),
    prices: t.field({ type: "JSON", ...say.updated("prices") }),
    catchUp: t.field({ type: CatchUpRef, ...say.updated("catch_up") }),
    catchUpHours: t.int(say.updated("catch_up_hours")),
    callback: t.field({ type: "JSON", ...say.updated("callback") }),
  }),
});

const BackfillRef = builder.objectRef<z.output<typeof backfillSchedule.output>>("ScheduleBackfill").implement({
  description: "Runs that were made for past fires.",
  fields: (t) => ({ backfilled: t.exposeInt("backfilled", say.backfilled("backfilled")) }),
});

const scheduleIdArg = builder.args((t) => ({
  scheduleId: t.field({ type: "SafeInt", required: true, ...say.paused("schedule_id") }),
}));

builder.mutationField("createSchedule", (t) =>
  t.field({
    type: ScheduleRef,
    description: createSchedule.summary,
    errors: {},
    args: { input: t.arg({ type: CreateScheduleInput, required: true }) },
    resolve: (_root, { input }, { ctx }) => createSchedule.call(ctx, toInput(input)),
  }),
);

builder.mutationField("updateSchedule", (t) =>
  t.field({
    type: ScheduleRef,
    description: updateSchedule.summary,
    errors: {},
    args: { input: t.arg({ type: UpdateScheduleInput, required: true }) },
    resolve: (_root, { input }, { ctx }) => updateSchedule.call(ctx, toInput(input)),
  }),
);

builder.mutationField("pauseSchedule", (t) =>
  t.field({
    type: ScheduleRef,
    description: pauseSchedule.summary,
    errors: {},
    args: { ...scheduleIdArg, note: t.arg.string(say.paused("note")) },
    resolve: (_root, args, { ctx }) => pauseSchedule.call(ctx, toInput(args)),
  }),
);

builder.mutationField("resumeSchedule", (t) =>
  t.field({
    type: ScheduleRef,
    description: resumeSchedule.summary,
    errors: {},
    args: scheduleIdArg,
    resolve: (_root, args, { ctx }) => resumeSchedule.call(ctx, toInput(args)),
  }),
);

builder.mutationField("deleteSchedule", (t) =>
  t.field({
    type: ScheduleRef,
    description: deleteSchedule.summary,
    errors: {},
    args: scheduleIdArg,
    resolve: (_root, args, { ctx }) => deleteSchedule.call(ctx, toInput(args)),
  }),
);

builder.mutationField("triggerSchedule", (t) =>
  t.field({
    type: ScheduleRunRef,
    description: triggerSchedule.summary,
    errors: {},
    args: scheduleIdArg,
    resolve: (_root, args, { ctx }) => triggerSchedule.call(ctx, toInput(args)),
  }),
);

builder.mutationField("backfillSchedule", (t) =>
  t.field({
    type: BackfillRef,
    description: backfillSchedule.summary,
    errors: {},
    args: {
      ...scheduleIdArg,
      from: t.arg({ type: "Date", required: true, ...say.backfill("from") }),
      to: t.arg({ type: "Date", required: true, ...say.backfill("to") }),
      callbacks: t.arg.boolean(say.backfill("callbacks")),
    },
    resolve: (_root, args, { ctx }) => backfillSchedule.call(ctx, toInput(args)),
  }),
);
