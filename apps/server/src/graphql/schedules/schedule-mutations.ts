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

const describe = {
  created: fieldDescriptions(createSchedule.input),
  updated: fieldDescriptions(updateSchedule.input),
  paused: fieldDescriptions(pauseSchedule.input),
  backfill: fieldDescriptions(backfillSchedule.input),
  backfilled: fieldDescriptions(backfillSchedule.output),
};

const CatchUpRef = builder.enumType("CatchUp", {
  description: "Which of the fires that were missed while the service was down run afterwards.",
  values: Schedule.shape.catch_up.options,
});

/** Only the operation validates JSON values. */
type Json<Input, Field extends string> = Omit<Input, Field> & { [Name in Field]?: unknown };
type Creation = Json<z.input<typeof createSchedule.input>, "parameters" | "prices" | "callback" | "when"> & {
  when: NonNullable<unknown>;
};
type Update = Json<z.input<typeof updateSchedule.input>, "parameters" | "prices" | "callback" | "when">;

const CreateScheduleInput = builder.inputRef<CamelCased<Creation>>("CreateScheduleInput").implement({
  fields: (t) => ({
    name: t.string({ required: true, ...describe.created("name") }),
    strategyName: t.string({ required: true, ...describe.created("strategy_name") }),
    parameters: t.field({ type: "JSON", ...describe.created("parameters") }),
    label: t.string(describe.created("label")),
    priority: t.field({ type: PriorityRef, ...describe.created("priority") }),
    when: t.field({ type: "JSON", required: true, ...describe.created("when") }),
    prices: t.field({ type: "JSON", ...describe.created("prices") }),
    catchUp: t.field({ type: CatchUpRef, ...describe.created("catch_up") }),
    catchUpHours: t.int(describe.created("catch_up_hours")),
    callback: t.field({ type: "JSON", ...describe.created("callback") }),
  }),
});

const UpdateScheduleInput = builder.inputRef<CamelCased<Update>>("UpdateScheduleInput").implement({
  fields: (t) => ({
    scheduleId: t.field({ type: "SafeInt", required: true, ...describe.updated("schedule_id") }),
    version: t.int({ required: true, ...describe.updated("version") }),
    name: t.string(describe.updated("name")),
    strategyName: t.string(describe.updated("strategy_name")),
    parameters: t.field({ type: "JSON", ...describe.updated("parameters") }),
    label: t.string(describe.updated("label")),
    priority: t.field({ type: PriorityRef, ...describe.updated("priority") }),
    when: t.field({ type: "JSON", ...describe.created("when") }),
    prices: t.field({ type: "JSON", ...describe.updated("prices") }),
    catchUp: t.field({ type: CatchUpRef, ...describe.updated("catch_up") }),
    catchUpHours: t.int(describe.updated("catch_up_hours")),
    callback: t.field({ type: "JSON", ...describe.updated("callback") }),
  }),
});

const BackfillRef = builder.objectRef<z.output<typeof backfillSchedule.output>>("ScheduleBackfill").implement({
  description: "Runs that were made for past fires.",
  fields: (t) => ({ backfilled: t.exposeInt("backfilled", describe.backfilled("backfilled")) }),
});

const scheduleIdArg = builder.args((t) => ({
  scheduleId: t.field({ type: "SafeInt", required: true, ...describe.paused("schedule_id") }),
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
    resolve: (_root, { input }, { ctx }) => updateSchedule.call(ctx, toInput(input, { keepsNull: true })),
  }),
);

builder.mutationField("pauseSchedule", (t) =>
  t.field({
    type: ScheduleRef,
    description: pauseSchedule.summary,
    errors: {},
    args: { ...scheduleIdArg, note: t.arg.string(describe.paused("note")) },
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
      from: t.arg({ type: "Date", required: true, ...describe.backfill("from") }),
      to: t.arg({ type: "Date", required: true, ...describe.backfill("to") }),
      callbacks: t.arg.boolean(describe.backfill("callbacks")),
    },
    resolve: (_root, args, { ctx }) => backfillSchedule.call(ctx, toInput(args)),
  }),
);
