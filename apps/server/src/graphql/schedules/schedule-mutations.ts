import {
  backfillSchedule,
  createSchedule,
  deleteSchedule,
  pauseSchedule,
  resumeSchedule,
  triggerSchedule,
  updateSchedule,
} from "@strategy-executor/core";
import type { z } from "zod";
import { builder } from "../builder.ts";
import { fieldDescriptions } from "../mapping/field-descriptions.ts";
import { argumentsOf, inputOf } from "../mapping/input-of.ts";
import { toInput } from "../mapping/to-input.ts";
import { ScheduleRef, ScheduleRunRef } from "./schedules.ts";

const describe = fieldDescriptions(backfillSchedule.output);

const CreateScheduleInput = inputOf("CreateScheduleInput", createSchedule.input, {
  description: "The definition of a new schedule.",
});

const UpdateScheduleInput = inputOf("UpdateScheduleInput", updateSchedule.input, {
  description: "What to change. Absent fields do not change; null resets an optional field to its default.",
});

const BackfillRef = builder.objectRef<z.output<typeof backfillSchedule.output>>("ScheduleBackfill").implement({
  description: "Runs that were made for past fires.",
  fields: (t) => ({ backfilled: t.exposeInt("backfilled", describe("backfilled")) }),
});

/** The schedule that a mutation is about. */
const id = "schedule_id";

builder.mutationField("createSchedule", (t) =>
  t.field({
    type: ScheduleRef,
    description: createSchedule.summary,
    errors: {},
    args: { input: t.arg({ type: CreateScheduleInput, required: true }) },
    resolve: (_root, { input }, { ctx }) => createSchedule.call(ctx, toInput(createSchedule.input, input)),
  }),
);

builder.mutationField("updateSchedule", (t) =>
  t.field({
    type: ScheduleRef,
    description: updateSchedule.summary,
    errors: {},
    args: { input: t.arg({ type: UpdateScheduleInput, required: true }) },
    resolve: (_root, { input }, { ctx }) =>
      updateSchedule.call(ctx, toInput(updateSchedule.input, input, { keepsNull: true })),
  }),
);

builder.mutationField("pauseSchedule", (t) =>
  t.field({
    type: ScheduleRef,
    description: pauseSchedule.summary,
    errors: {},
    args: argumentsOf(pauseSchedule.input, { id }),
    resolve: (_root, args, { ctx }) => pauseSchedule.call(ctx, toInput(pauseSchedule.input, args)),
  }),
);

builder.mutationField("resumeSchedule", (t) =>
  t.field({
    type: ScheduleRef,
    description: resumeSchedule.summary,
    errors: {},
    args: argumentsOf(resumeSchedule.input, { id }),
    resolve: (_root, args, { ctx }) => resumeSchedule.call(ctx, toInput(resumeSchedule.input, args)),
  }),
);

builder.mutationField("deleteSchedule", (t) =>
  t.field({
    type: ScheduleRef,
    description: deleteSchedule.summary,
    errors: {},
    args: argumentsOf(deleteSchedule.input, { id }),
    resolve: (_root, args, { ctx }) => deleteSchedule.call(ctx, toInput(deleteSchedule.input, args)),
  }),
);

builder.mutationField("triggerSchedule", (t) =>
  t.field({
    type: ScheduleRunRef,
    description: triggerSchedule.summary,
    errors: {},
    args: argumentsOf(triggerSchedule.input, { id }),
    resolve: (_root, args, { ctx }) => triggerSchedule.call(ctx, toInput(triggerSchedule.input, args)),
  }),
);

builder.mutationField("backfillSchedule", (t) =>
  t.field({
    type: BackfillRef,
    description: backfillSchedule.summary,
    errors: {},
    args: argumentsOf(backfillSchedule.input, { id }),
    resolve: (_root, args, { ctx }) => backfillSchedule.call(ctx, toInput(backfillSchedule.input, args)),
  }),
);
