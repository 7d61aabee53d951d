import { AttemptStatus, ExecutionAttempt } from "@strategy-executor/core";
import type { z } from "zod";
import { builder } from "../builder.ts";
import { enumOf } from "../mapping/enum-of.ts";
import { fieldDescriptions } from "../mapping/field-descriptions.ts";
import { pageArgs, pageCost, toConnection, toPageRequest } from "../pagination.ts";
import { ExecutionRef } from "./execution.ts";

const describe = fieldDescriptions(ExecutionAttempt);

const AttemptStatusRef = enumOf("AttemptStatus", AttemptStatus.options, { description: AttemptStatus.description });

const ExecutionAttemptRef = builder.objectRef<z.output<typeof ExecutionAttempt>>("ExecutionAttempt").implement({
  description: "A try of a worker to run an execution.",
  fields: (t) => ({
    number: t.exposeInt("number", describe("number")),
    status: t.expose("status", { type: AttemptStatusRef, ...describe("status") }),
    workerId: t.exposeID("worker_id", { nullable: true, ...describe("worker_id") }),
    worker: t.exposeString("worker", { nullable: true, ...describe("worker") }),
    startedAt: t.expose("started_at", { type: "DateTime", ...describe("started_at") }),
    lastSeenAt: t.expose("last_seen_at", { type: "DateTime", ...describe("last_seen_at") }),
    endedAt: t.expose("ended_at", { type: "DateTime", nullable: true, ...describe("ended_at") }),
  }),
});

const ExecutionAttemptConnection = builder.connectionObject(
  { name: "ExecutionAttemptConnection", type: ExecutionAttemptRef, description: "A page of attempts, newest first." },
  { name: "ExecutionAttemptEdge", description: "An attempt in a page." },
);

builder.objectField(ExecutionRef, "runAttempts", (t) =>
  t.field({
    type: ExecutionAttemptConnection,
    description: "The attempts of workers to run it, newest first.",
    args: pageArgs,
    complexity: pageCost,
    resolve: async ({ execution_id: executionId }, args, { loaders }) => {
      const page = await loaders.runAttemptPages.load({ executionId, ...toPageRequest(args) });
      return toConnection(page, args, ({ number }) => String(number));
    },
  }),
);
