import {
  cancelSweep,
  executeStrategy,
  type ExecutionResult,
  getSweep,
  getSweepTable,
  listSweeps,
  submitSweep,
  Sweep,
  SweepSummary,
} from "@strategy-executor/core";
import type { z } from "zod";
import { builder } from "../builder.ts";
import { CallbackFormatRef, CallbackStatusRef } from "../callbacks/delivery.ts";
import { fieldDescriptions } from "../field-descriptions.ts";
import { executionIdArg, toExecutionId } from "../executions/execution-id.ts";
import { ExecutionRef, ProgressRef, KindRef, StatusRef } from "../executions/execution.ts";
import { PriorityRef } from "../executions/mutations.ts";
import { type CamelCased, toInput } from "../name-mapping.ts";
import { pageArgs, pageCost, toConnection, toPageInput, toPageRequest } from "../pagination.ts";

const describe = {
  sweep: fieldDescriptions(Sweep),
  listed: fieldDescriptions(SweepSummary),
  submitted: fieldDescriptions(submitSweep.input),
  accepted: fieldDescriptions(submitSweep.output),
  table: fieldDescriptions(getSweepTable.output),
};

const ObjectiveRef = builder.enumType("Objective", {
  description: "What a sweep maximizes. Drawdowns are negative, so more is better there too.",
  values: Sweep.shape.objective.options,
});

const walkForward = Sweep.shape.walk_forward.unwrap();
type WalkForward = z.output<typeof walkForward>;

const WalkForwardRef = builder.objectRef<WalkForward>("WalkForward").implement({
  description: "Lengths of the training and the test windows in trading days.",
  fields: (t) => ({
    train: t.exposeInt("train", fieldDescriptions(walkForward)("train")),
    test: t.exposeInt("test", fieldDescriptions(walkForward)("test")),
    step: t.exposeInt("step", { nullable: true, ...fieldDescriptions(walkForward)("step") }),
  }),
});

const TableRef = builder.objectRef<z.output<typeof getSweepTable.output>>("SweepTable").implement({
  description: "A page of the table of a sweep.",
  fields: (t) => ({
    columns: t.exposeStringList("columns", describe.table("columns")),
    rows: t.expose("rows", { type: "JSON", ...describe.table("rows") }),
    nextCursor: t.exposeString("next_cursor", { nullable: true, ...describe.table("next_cursor") }),
  }),
});

/** A sweep; in lists it comes without its result. */
const SweepRef = builder
  .objectRef<SweepSummary & { readonly result?: ExecutionResult | undefined }>("Sweep")
  .implement({
    description: "An execution of a strategy over a grid of parameters.",
    fields: (t) => ({
      executionId: t.expose("execution_id", { type: "SafeInt", ...describe.sweep("execution_id") }),
      retryOf: t.expose("retry_of", { type: "SafeInt", nullable: true, ...describe.sweep("retry_of") }),
      kind: t.expose("kind", { type: KindRef, ...describe.sweep("kind") }),
      strategy: t.exposeString("strategy", describe.sweep("strategy")),
      version: t.exposeString("version", describe.sweep("version")),
      status: t.expose("status", { type: StatusRef, ...describe.sweep("status") }),
      acceptedAt: t.expose("accepted_at", { type: "DateTime", ...describe.sweep("accepted_at") }),
      startedAt: t.expose("started_at", { type: "DateTime", nullable: true, ...describe.sweep("started_at") }),
      completedAt: t.expose("completed_at", { type: "DateTime", nullable: true, ...describe.sweep("completed_at") }),
      label: t.exposeString("label", { nullable: true, ...describe.sweep("label") }),
      scheduleId: t.expose("schedule_id", { type: "SafeInt", nullable: true, ...describe.sweep("schedule_id") }),
      parameters: t.expose("parameters", { type: "JSON", nullable: true, ...describe.listed("parameters") }),
      grid: t.expose("grid", { type: "JSON", nullable: true, ...describe.listed("grid") }),
      parametersOmitted: t.exposeBoolean("parameters_omitted", {
        nullable: true,
        ...describe.listed("parameters_omitted"),
      }),
      objective: t.expose("objective", { type: ObjectiveRef, ...describe.sweep("objective") }),
      best: t.exposeInt("best", describe.sweep("best")),
      walkForward: t.expose("walk_forward", {
        type: WalkForwardRef,
        nullable: true,
        ...describe.sweep("walk_forward"),
      }),
      combinations: t.exposeInt("combinations", describe.sweep("combinations")),
      evaluated: t.exposeInt("evaluated", describe.sweep("evaluated")),
      invalid: t.exposeInt("invalid", describe.sweep("invalid")),
      failed: t.exposeInt("failed", describe.sweep("failed")),
      result: t.field({
        type: "JSON",
        nullable: true,
        ...describe.sweep("result"),
        complexity: 5,
        resolve: async (sweep, _args, { loaders }) => {
          if (sweep.status !== "completed") return null;
          if ("result" in sweep) return sweep.result;
          return (await loaders.executions.load(sweep.execution_id)).result;
        },
      }),
      errorMessage: t.exposeString("error_message", { nullable: true, ...describe.sweep("error_message") }),
      progress: t.expose("progress", { type: ProgressRef, nullable: true, ...describe.sweep("progress") }),
      callback: t.expose("callback", { type: CallbackStatusRef, nullable: true, ...describe.sweep("callback") }),
      execution: t.field({
        type: ExecutionRef,
        description: "The sweep as an execution, with its events, series and delivery attempts.",
        resolve: ({ execution_id }, _args, { loaders }) => loaders.executions.load(execution_id),
      }),
      table: t.field({
        type: TableRef,
        description: getSweepTable.summary,
        errors: {},
        args: pageArgs,
        complexity: pageCost,
        resolve: ({ execution_id: executionId }, args, { loaders }) =>
          loaders.sweepTables.load({ executionId, ...toPageRequest(args) }),
      }),
    }),
  });

const SweepConnection = builder.connectionObject(
  { name: "SweepConnection", type: SweepRef, description: "A page of sweeps, newest first." },
  { name: "SweepEdge", description: "A sweep in a page." },
);

builder.queryField("sweep", (t) =>
  t.field({
    type: SweepRef,
    description: getSweep.summary,
    errors: {},
    args: executionIdArg,
    resolve: (_root, { id }, { ctx }) => getSweep.call(ctx, { execution_id: toExecutionId(id) }),
  }),
);

builder.queryField("sweeps", (t) =>
  t.field({
    type: SweepConnection,
    description: listSweeps.summary,
    args: pageArgs,
    complexity: pageCost,
    resolve: async (_root, page, { ctx }) => {
      const { sweeps, next_cursor } = await listSweeps.call(ctx, toPageInput(page));
      return toConnection({ page: sweeps, next_cursor }, page, ({ execution_id }) => String(execution_id));
    },
  }),
);

const AcceptedRef = builder.objectRef<z.output<typeof submitSweep.output>>("SweepAccepted").implement({
  description: "An accepted sweep.",
  fields: (t) => ({
    executionId: t.expose("execution_id", { type: "SafeInt", ...describe.accepted("execution_id") }),
    status: t.expose("status", { type: StatusRef, description: "Always pending." }),
    message: t.exposeString("message", { description: "A readable confirmation." }),
    combinations: t.exposeInt("combinations", describe.accepted("combinations")),
    callbackUrl: t.exposeString("callback_url", { nullable: true, ...describe.accepted("callback_url") }),
    sweep: t.field({
      type: SweepRef,
      description: "The current state of the sweep.",
      resolve: ({ execution_id }, _args, { ctx }) => getSweep.call(ctx, { execution_id }),
    }),
  }),
});

/** Only the operation validates JSON values. */
type Submission = Omit<z.input<typeof submitSweep.input>, "parameters" | "grid" | "heat_map" | "walk_forward"> & {
  parameters?: unknown;
  grid: NonNullable<unknown>;
  heat_map?: readonly string[] | null;
  walk_forward?: { readonly train: number; readonly test: number; readonly step?: number | null } | null;
};

const WalkForwardInput = builder.inputRef<NonNullable<Submission["walk_forward"]>>("WalkForwardInput").implement({
  fields: (t) => ({
    train: t.int({ required: true, ...fieldDescriptions(walkForward)("train") }),
    test: t.int({ required: true, ...fieldDescriptions(walkForward)("test") }),
    step: t.int(fieldDescriptions(walkForward)("step")),
  }),
});

const SubmitSweepInput = builder.inputRef<CamelCased<Submission>>("SubmitSweepInput").implement({
  fields: (t) => ({
    strategyName: t.string({ required: true, ...fieldDescriptions(executeStrategy.input)("strategy_name") }),
    parameters: t.field({ type: "JSON", ...describe.submitted("parameters") }),
    grid: t.field({ type: "JSON", required: true, ...describe.submitted("grid") }),
    objective: t.field({ type: ObjectiveRef, ...describe.submitted("objective") }),
    walkForward: t.field({ type: WalkForwardInput, ...describe.submitted("walk_forward") }),
    best: t.int(describe.submitted("best")),
    heatMap: t.stringList(describe.submitted("heat_map")),
    label: t.string(describe.submitted("label")),
    callbackUrl: t.string(describe.submitted("callback_url")),
    callbackFormat: t.field({ type: CallbackFormatRef, ...describe.submitted("callback_format") }),
    callbackMaxAttempts: t.int(describe.submitted("callback_max_attempts")),
    priority: t.field({ type: PriorityRef, ...describe.submitted("priority") }),
    idempotencyKey: t.string(describe.submitted("idempotency_key")),
  }),
});

builder.mutationField("submitSweep", (t) =>
  t.field({
    type: AcceptedRef,
    description: submitSweep.summary,
    errors: {},
    args: { input: t.arg({ type: SubmitSweepInput, required: true }) },
    resolve: (_root, { input: { walkForward: lengths, ...input } }, { ctx }) =>
      submitSweep.call(ctx, {
        ...toInput(input),
        ...(lengths !== null && lengths !== undefined && { walk_forward: toInput({ ...lengths }) }),
      }),
  }),
);

builder.mutationField("cancelSweep", (t) =>
  t.field({
    type: SweepRef,
    description: cancelSweep.summary,
    errors: {},
    args: executionIdArg,
    resolve: (_root, { id }, { ctx }) => cancelSweep.call(ctx, { execution_id: toExecutionId(id) }),
  }),
);
