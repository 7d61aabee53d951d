import { listWorkers, Worker, WorkerExecution, WorkerState } from "@strategy-executor/core";
import type { z } from "zod";
import { builder } from "../builder.ts";
import { enumOf } from "../mapping/enum-of.ts";
import { fieldDescriptions } from "../mapping/field-descriptions.ts";

const describe = { worker: fieldDescriptions(Worker), execution: fieldDescriptions(WorkerExecution) };

const WorkerStateRef = enumOf("WorkerState", WorkerState.options, { description: WorkerState.description });

const WorkerExecutionRef = builder.objectRef<z.output<typeof WorkerExecution>>("WorkerExecution").implement({
  description: "An execution that a worker runs.",
  fields: (t) => ({
    executionId: t.exposeID("execution_id", describe.execution("execution_id")),
    client: t.exposeString("client", describe.execution("client")),
    strategy: t.exposeString("strategy", describe.execution("strategy")),
    attempt: t.exposeInt("attempt", describe.execution("attempt")),
    startedAt: t.expose("started_at", { type: "DateTime", ...describe.execution("started_at") }),
  }),
});

const WorkerRef = builder.objectRef<z.output<typeof Worker>>("Worker").implement({
  description: "A process that runs executions.",
  fields: (t) => ({
    workerId: t.exposeID("worker_id", describe.worker("worker_id")),
    name: t.exposeString("name", describe.worker("name")),
    version: t.exposeString("version", describe.worker("version")),
    state: t.expose("state", { type: WorkerStateRef, ...describe.worker("state") }),
    threads: t.exposeInt("threads", describe.worker("threads")),
    threadsBusy: t.exposeInt("threads_busy", describe.worker("threads_busy")),
    startedAt: t.expose("started_at", { type: "DateTime", ...describe.worker("started_at") }),
    lastSeenAt: t.expose("last_seen_at", { type: "DateTime", ...describe.worker("last_seen_at") }),
    sweepSteps: t.exposeInt("sweep_steps", describe.worker("sweep_steps")),
    running: t.expose("running", { type: [WorkerExecutionRef], ...describe.worker("running") }),
  }),
});

builder.queryField("workers", (t) =>
  t.field({
    type: [WorkerRef],
    description: listWorkers.summary,
    complexity: 50,
    resolve: async (_root, _args, { ctx }) => (await listWorkers.call(ctx, {})).workers,
  }),
);
