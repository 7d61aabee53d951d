import {
  cancelSweep,
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
import { CallbackStatusRef } from "../callbacks/delivery.ts";
import { executionIdArg } from "../executions/execution-id.ts";
import {
  ExecutionRef,
  KindRef,
  nullIfMissing,
  ObjectiveRef,
  ProgressRef,
  ResultRef,
  StatusRef,
} from "../executions/execution.ts";
import { csvLink } from "../links.ts";
import { fieldDescriptions } from "../mapping/field-descriptions.ts";
import { inputOf } from "../mapping/input-of.ts";
import { outputOf } from "../mapping/output-of.ts";
import { toInput } from "../mapping/to-input.ts";
import { countedConnection, pageArgs, pageCost, toConnection, toPageInput, toPageRequest } from "../pagination.ts";

const describe = {
  sweep: fieldDescriptions(Sweep),
  listed: fieldDescriptions(SweepSummary),
  accepted: fieldDescriptions(submitSweep.output),
  table: fieldDescriptions(getSweepTable.output),
};

const about = {
  WalkForward: "Lengths of the training and the test windows in trading days.",
  Grid: "The varied parameters of a sweep, and the sample of their combinations.",
};
const WalkForwardRef = outputOf("WalkForward", Sweep.shape.walk_forward, {}, about);
const GridRef = outputOf("Grid", Sweep.shape.grid, { sample: "GridSample" }, about);

const TableRef = builder.objectRef<z.output<typeof getSweepTable.output>>("SweepTable").implement({
  description: "A page of the table of a sweep.",
  fields: (t) => ({
    columns: t.exposeStringList("columns", describe.table("columns")),
    rows: t.expose("rows", { type: "JSON", ...describe.table("rows") }),
    nextCursor: t.exposeString("next_cursor", { nullable: true, ...describe.table("next_cursor") }),
  }),
});

/** A sweep; in lists it comes without its result. */
const SweepRef = builder.objectRef<SweepSummary & { readonly result?: ExecutionResult | undefined }>("Sweep");

builder.node(SweepRef, {
  description: "An execution of a strategy over a grid of parameters.",
  id: { resolve: ({ execution_id }) => String(execution_id), description: "Global id." },
  loadOne: (id, { ctx }) => getSweep.call(ctx, { execution_id: Number(id) }).catch(nullIfMissing),
  fields: (t) => ({
    executionId: t.exposeID("execution_id", describe.sweep("execution_id")),
    retryOf: t.exposeID("retry_of", { nullable: true, ...describe.sweep("retry_of") }),
    kind: t.expose("kind", { type: KindRef, ...describe.sweep("kind") }),
    strategy: t.exposeString("strategy", describe.sweep("strategy")),
    version: t.exposeString("version", describe.sweep("version")),
    status: t.expose("status", { type: StatusRef, ...describe.sweep("status") }),
    acceptedAt: t.expose("accepted_at", { type: "DateTime", ...describe.sweep("accepted_at") }),
    startedAt: t.expose("started_at", { type: "DateTime", nullable: true, ...describe.sweep("started_at") }),
    completedAt: t.expose("completed_at", { type: "DateTime", nullable: true, ...describe.sweep("completed_at") }),
    label: t.exposeString("label", { nullable: true, ...describe.sweep("label") }),
    scheduleId: t.exposeID("schedule_id", { nullable: true, ...describe.sweep("schedule_id") }),
    parameters: t.expose("parameters", { type: "JSON", nullable: true, ...describe.listed("parameters") }),
    grid: t.expose("grid", { type: GridRef, nullable: true, ...describe.listed("grid") }),
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
      type: ResultRef,
      nullable: true,
      description: "The result of its best combination, and the report of the sweep; null unless it is completed.",
      complexity: 5,
      resolve: async (sweep, _args, { loaders }) => {
        if (sweep.status !== "completed") return null;
        if ("result" in sweep) return sweep.result ?? null;
        return (await loaders.executions.load(sweep.execution_id)).result ?? null;
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
    tableCsvUrl: t.string({
      nullable: true,
      description:
        "Address of its whole table as CSV, which needs the same API key; null unless it is completed. A path where the service does not " +
        "know its own address (`PUBLIC_URL`).",
      resolve: ({ execution_id, status }, _args, { links }) =>
        status === "completed" ? csvLink(links, `/sweeps/${execution_id}/table/`) : null,
    }),
  }),
});

const SweepConnection = countedConnection(SweepRef, {
  name: "Sweep",
  page: "A page of sweeps, newest first.",
  element: "A sweep in a page.",
});

builder.queryField("sweep", (t) =>
  t.field({
    type: SweepRef,
    description: getSweep.summary,
    errors: {},
    args: executionIdArg,
    resolve: (_root, args, { ctx }) => getSweep.call(ctx, toInput(getSweep.input, args)),
  }),
);

builder.queryField("sweeps", (t) =>
  t.field({
    type: SweepConnection,
    description: listSweeps.summary,
    args: pageArgs,
    complexity: pageCost,
    resolve: async (_root, page, { ctx, loaders }) => {
      const { sweeps, next_cursor } = await listSweeps.call(ctx, toPageInput(page));
      const count = () => loaders.executionCounts.load({ kind: "sweep" });
      return toConnection({ page: sweeps, next_cursor }, page, ({ execution_id }) => String(execution_id), count);
    },
  }),
);

const AcceptedRef = builder.objectRef<z.output<typeof submitSweep.output>>("SweepAccepted").implement({
  description: "An accepted sweep.",
  fields: (t) => ({
    executionId: t.exposeID("execution_id", describe.accepted("execution_id")),
    status: t.expose("status", { type: StatusRef, description: "Always `PENDING`." }),
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

const SubmitSweepInput = inputOf("SubmitSweepInput", submitSweep.input, { description: "The sweep to submit." });

builder.mutationField("submitSweep", (t) =>
  t.field({
    type: AcceptedRef,
    description: submitSweep.summary,
    errors: {},
    args: { input: t.arg({ type: SubmitSweepInput, required: true }) },
    resolve: (_root, { input }, { ctx }) => submitSweep.call(ctx, toInput(submitSweep.input, input)),
  }),
);

builder.mutationField("cancelSweep", (t) =>
  t.field({
    type: SweepRef,
    description: cancelSweep.summary,
    errors: {},
    args: executionIdArg,
    resolve: (_root, args, { ctx }) => cancelSweep.call(ctx, toInput(cancelSweep.input, args)),
  }),
);
