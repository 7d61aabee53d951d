import {
  CallbackState,
  DomainError,
  Execution,
  ExecutionResult,
  ExecutionKind,
  ExecutionStatus,
  ExecutionSummary,
  getExecution,
  listExecutions,
  Progress,
  SeriesRange,
  SweepReport,
  toCountedFilter,
} from "@strategy-executor/core";
import { builder } from "../builder.ts";
import { CallbackStatusRef } from "../callbacks/delivery.ts";
import { csvLink } from "../links.ts";
import { enumOf } from "../mapping/enum-of.ts";
import { fieldDescriptions } from "../mapping/field-descriptions.ts";
import { argumentsOf, inputOf } from "../mapping/input-of.ts";
import { outputOf } from "../mapping/output-of.ts";
import { toInput } from "../mapping/to-input.ts";
import { executionIdArg } from "./execution-id.ts";
import { figureDescriptions, figureNames } from "./figure-names.ts";
import { countedConnection, pageArgs, pageCost, toConnection, toPageInput } from "../pagination.ts";

export const StatusRef = enumOf("ExecutionStatus", ExecutionStatus.options, {
  description: ExecutionStatus.description,
});

export const KindRef = enumOf("ExecutionKind", ExecutionKind.options, {
  description: "Whether an execution is a sweep.",
});

enumOf("CallbackState", CallbackState.options, { description: CallbackState.description });

export const ProgressRef = builder.objectRef<Progress>("Progress").implement({
  description: "The progress of a running execution.",
  fields: (t) => ({
    fraction: t.exposeFloat("fraction", fieldDescriptions(Progress)("fraction")),
    phase: t.exposeString("phase", fieldDescriptions(Progress)("phase")),
  }),
});

/** What a sweep maximizes. */
export const ObjectiveRef = enumOf("Objective", SweepReport.shape.objective.options, {
  description: "What a sweep maximizes. Drawdowns are negative, so more is better there too.",
});

/** The result of an execution or a sweep, as its schema has it. */
export const ResultRef = outputOf(
  "ExecutionResult",
  ExecutionResult,
  {
    portfolio: "Portfolio",
    "portfolio.orders": "Order",
    position: "Position",
    "position.state": "PositionState",
    trades: "PositionTrade",
    metrics: "Metrics",
    "metrics.best_year": "YearReturn",
    "metrics.worst_year": "YearReturn",
    "metrics.monthly_returns": "MonthlyReturns",
    period: "Period",
    benchmark: "BenchmarkComparison",
    ...figureNames("benchmark.figures"),
    fill: "FillRule",
    data: "PriceData",
    "data.source": "PriceDataSource",
    "data.warnings": "PriceDataWarning",
    "data.warnings.kind": "PriceWarningKind",
    sweep: "SweepReport",
    "sweep.best": "SweepCombination",
    "sweep.best.metrics": "SweepMetrics",
    "sweep.heat_map": "HeatMap",
    "sweep.walk_forward": "WalkForwardReport",
    "sweep.walk_forward.windows": "WalkForwardWindow",
    "sweep.walk_forward.windows.train": "DayRange",
    "sweep.walk_forward.windows.test": "DayRange",
    "sweep.walk_forward.windows.train_metrics": "SweepMetrics",
    "sweep.walk_forward.windows.test_metrics": "SweepMetrics",
  },
  {
    ...figureDescriptions,
    Order: "A trade of a decision.",
    PositionTrade: "A purchase of the traded ticker, with the sale that ended it.",
    PriceDataWarning: "An irregularity in the prices of a ticker.",
    SweepCombination: "One of the best combinations of a sweep.",
    HeatMap: "The objective of a sweep over two parameters.",
    WalkForwardReport: "A walk-forward: chosen on one window, reported on the next.",
    WalkForwardWindow: "A training and the test that follows it.",
    DayRange: "A range of days, both included.",
  },
);

const describe = fieldDescriptions(Execution);
const listed = fieldDescriptions(ExecutionSummary);

/** An execution; in lists it comes without its result. */
export const ExecutionRef = builder.objectRef<
  Omit<ExecutionSummary, "final_value" | "return"> &
    Partial<Pick<ExecutionSummary, "final_value" | "return">> & { readonly result?: ExecutionResult | undefined }
>("Execution");

builder.node(ExecutionRef, {
  description: "One run of a strategy.",
  id: { resolve: executionCursor, description: "Global id." },
  loadOne: (id, { ctx }) => getExecution.call(ctx, { execution_id: Number(id) }).catch(nullIfMissing),
  fields: (t) => ({
    executionId: t.exposeID("execution_id", describe("execution_id")),
    strategy: t.exposeString("strategy", describe("strategy")),
    version: t.exposeString("version", describe("version")),
    status: t.expose("status", { type: StatusRef, ...describe("status") }),
    acceptedAt: t.expose("accepted_at", { type: "DateTime", ...describe("accepted_at") }),
    startedAt: t.expose("started_at", { type: "DateTime", nullable: true, ...describe("started_at") }),
    completedAt: t.expose("completed_at", { type: "DateTime", nullable: true, ...describe("completed_at") }),
    executionParameters: t.expose("execution_parameters", {
      type: "JSON",
      nullable: true,
      ...listed("execution_parameters"),
    }),
    parametersOmitted: t.exposeBoolean("parameters_omitted", { nullable: true, ...listed("parameters_omitted") }),
    label: t.exposeString("label", { nullable: true, ...describe("label") }),
    scheduleId: t.exposeID("schedule_id", { nullable: true, ...describe("schedule_id") }),
    result: t.field({
      type: ResultRef,
      nullable: true,
      description: "Its result; null unless it is completed.",
      complexity: 5,
      resolve: async (execution, _args, { loaders }) => {
        if (execution.status !== "completed") return null;
        if ("result" in execution) return execution.result ?? null;
        return (await loaders.executions.load(execution.execution_id)).result ?? null;
      },
    }),
    seriesCsvUrl: t.string({
      nullable: true,
      description:
        "Address of its series by day as CSV, which needs the same API key; null unless it is completed. A path where the service does not " +
        "know its own address (`PUBLIC_URL`).",
      args: argumentsOf(SeriesRange),
      resolve: ({ execution_id, status }, args, { links }) =>
        status === "completed"
          ? csvLink(links, `/executions/${execution_id}/series/`, toInput(SeriesRange, args))
          : null,
    }),
    errorMessage: t.exposeString("error_message", { nullable: true, ...describe("error_message") }),
    retryOf: t.exposeID("retry_of", { nullable: true, ...describe("retry_of") }),
    kind: t.expose("kind", { type: KindRef, ...describe("kind") }),
    finalValue: t.float({
      nullable: true,
      description: "Of its result; null without one.",
      resolve: ({ final_value: value, result }) => value ?? result?.final_value ?? null,
    }),
    return: t.float({
      nullable: true,
      description: "Of its result; null without one.",
      resolve: ({ return: gain, result }) => gain ?? result?.return ?? null,
    }),
    progress: t.expose("progress", { type: ProgressRef, nullable: true, ...describe("progress") }),
    callback: t.expose("callback", { type: CallbackStatusRef, nullable: true, ...describe("callback") }),
  }),
});

export const ExecutionConnection = countedConnection(ExecutionRef, {
  name: "Execution",
  page: "A page of executions, newest first.",
  element: "An execution in a page.",
});

const FilterRef = inputOf("ExecutionFilter", listExecutions.input, {
  description: "Filters executions; all when empty.",
  without: ["limit", "cursor"],
  instead: {
    status: { type: [StatusRef], description: "Only executions in one of these states." },
    ids: { type: ["ID"], description: "Only these executions, at most 20." },
  },
});

builder.queryField("execution", (t) =>
  t.field({
    type: ExecutionRef,
    description: getExecution.summary,
    errors: {},
    args: executionIdArg,
    resolve: (_root, args, { ctx }) => getExecution.call(ctx, toInput(getExecution.input, args)),
  }),
);

builder.queryField("executions", (t) =>
  t.field({
    type: ExecutionConnection,
    description: listExecutions.summary,
    args: { ...pageArgs, filter: t.arg({ type: FilterRef }) },
    complexity: pageCost,
    resolve: async (_root, { filter, ...page }, { ctx, loaders }) => {
      const input = { ...toPageInput(page), ...toInput(listExecutions.input, filter ?? {}) };
      const { executions, next_cursor } = await listExecutions.call(ctx, input);
      const count = () => loaders.executionCounts.load(toCountedFilter(input));
      return toConnection({ page: executions, next_cursor }, page, executionCursor, count);
    },
  }),
);

/** The cursor of an execution in any list of executions. */
export function executionCursor({ execution_id }: Pick<ExecutionSummary, "execution_id">): string {
  return String(execution_id);
}

/** For `node`, which answers with null for the id of nothing. */
export function nullIfMissing(error: unknown): null {
  if (error instanceof DomainError && (error.code === "not_found" || error.code === "invalid")) return null;
  throw error;
}
