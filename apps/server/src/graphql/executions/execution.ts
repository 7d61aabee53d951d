import {
  CallbackState,
  DomainError,
  Execution,
  type ExecutionResult,
  ExecutionKind,
  ExecutionStatus,
  ExecutionSummary,
  getExecution,
  listExecutions,
  Progress,
} from "@strategy-executor/core";
import type { z } from "zod";
import { builder } from "../builder.ts";
import { CallbackStatusRef } from "../callbacks/delivery.ts";
import { fieldDescriptions } from "../field-descriptions.ts";
import { executionIdArg, toExecutionId } from "./execution-id.ts";
import { type CamelCased, toInput } from "../name-mapping.ts";
import { pageArgs, pageCost, toConnection, toPageInput } from "../pagination.ts";

export const StatusRef = builder.enumType("ExecutionStatus", {
  description: ExecutionStatus.description ?? "",
  values: ExecutionStatus.options,
});

export const KindRef = builder.enumType("ExecutionKind", {
  description: "Whether an execution is a sweep.",
  values: ExecutionKind.options,
});

const CallbackStateRef = builder.enumType("CallbackState", {
  description: CallbackState.description ?? "",
  values: CallbackState.options,
});

export const ProgressRef = builder.objectRef<Progress>("Progress").implement({
  description: "The progress of a running execution.",
  fields: (t) => ({
    fraction: t.exposeFloat("fraction", fieldDescriptions(Progress)("fraction")),
    phase: t.exposeString("phase", fieldDescriptions(Progress)("phase")),
  }),
});

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
  loadOne: (id, { ctx }) => getExecution.call(ctx, { execution_id: toExecutionId(id) }).catch(nullIfNotFound),
  fields: (t) => ({
    executionId: t.expose("execution_id", { type: "SafeInt", ...describe("execution_id") }),
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
    scheduleId: t.expose("schedule_id", { type: "SafeInt", nullable: true, ...describe("schedule_id") }),
    result: t.field({
      type: "JSON",
      nullable: true,
      ...describe("result"),
      complexity: 5,
      resolve: async (execution, _args, { loaders }) => {
        if (execution.status !== "completed") return null;
        if ("result" in execution) return execution.result;
        return (await loaders.executions.load(execution.execution_id)).result;
      },
    }),
    errorMessage: t.exposeString("error_message", { nullable: true, ...describe("error_message") }),
    retryOf: t.expose("retry_of", { type: "SafeInt", nullable: true, ...describe("retry_of") }),
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

export const ExecutionConnection = builder.connectionObject(
  { name: "ExecutionConnection", type: ExecutionRef, description: "A page of executions, newest first." },
  { name: "ExecutionEdge", description: "An execution in a page." },
);

type Filter = CamelCased<Omit<z.input<typeof listExecutions.input>, "limit" | "cursor" | "status" | "ids">> & {
  readonly status?: readonly z.output<typeof ExecutionStatus>[] | undefined;
  readonly ids?: readonly number[] | undefined;
};

const filtering = fieldDescriptions(listExecutions.input);

export const FilterRef = builder.inputRef<Filter>("ExecutionFilter").implement({
  description: "Filters executions; all when empty.",
  fields: (t) => ({
    status: t.field({ type: [StatusRef], description: "Only executions in one of these states." }),
    strategy: t.string(filtering("strategy")),
    scheduleId: t.field({ type: "SafeInt", ...filtering("schedule_id") }),
    label: t.string(filtering("label")),
    since: t.field({ type: "DateTime", ...filtering("since") }),
    until: t.field({ type: "DateTime", ...filtering("until") }),
    callback: t.field({ type: CallbackStateRef, ...filtering("callback") }),
    receiver: t.string(filtering("receiver")),
    kind: t.field({ type: KindRef, ...filtering("kind") }),
    ids: t.field({ type: ["SafeInt"], description: "Only these executions, at most 20." }),
  }),
});

builder.queryField("execution", (t) =>
  t.field({
    type: ExecutionRef,
    description: getExecution.summary,
    errors: {},
    args: executionIdArg,
    resolve: (_root, { id }, { ctx }) => getExecution.call(ctx, { execution_id: toExecutionId(id) }),
  }),
);

builder.queryField("executions", (t) =>
  t.field({
    type: ExecutionConnection,
    description: listExecutions.summary,
    args: { ...pageArgs, filter: t.arg({ type: FilterRef }) },
    complexity: pageCost,
    resolve: async (_root, { filter, ...page }, { ctx }) => {
      const { status, ids, ...others } = filter ?? {};
      // Lists are texts with commas in addresses.
      const lists = { status: status?.join(","), ids: ids?.join(",") };
      const input = { ...toPageInput(page), ...toInput({ ...others, ...lists }) };
      const { executions, next_cursor } = await listExecutions.call(ctx, input);
      return toConnection({ page: executions, next_cursor }, page, executionCursor);
    },
  }),
);

/** The cursor of an execution in any list of executions. */
export function executionCursor({ execution_id }: Pick<ExecutionSummary, "execution_id">): string {
  return String(execution_id);
}

function nullIfNotFound(error: unknown): null {
  if (error instanceof DomainError && error.code === "not_found") return null;
  throw error;
}
