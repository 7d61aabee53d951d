import { getExecutionToRetry } from "@strategy-executor/db";
import { z } from "zod";
import { DomainError } from "../../common/domain-error.ts";
import { ExecutionId } from "../../engine/lifecycle/execution.ts";
import { parseParameters } from "../../strategy/parameters.ts";
import type { SweepSpec } from "../../sweep/index.ts";
import { mutation, ownerFor } from "../operation.ts";
import { findStrategy } from "../strategies/find-strategy.ts";
import { planOf } from "../sweeps/sweep-plan.ts";
import { executionNotFound } from "./get-execution.ts";

export const retryExecution = mutation({
  name: "retryExecution",
  summary:
    "Run a failed or cancelled execution again, as a new execution with the number of the old one in `retry_of`.",
  scope: "execute",
  input: z.strictObject({ execution_id: ExecutionId }),
  output: z
    .object({
      execution_id: ExecutionId,
      status: z.literal("pending"),
      retry_of: ExecutionId.meta({ description: "The execution that is repeated." }),
    })
    .meta({ id: "ExecutionRetried" }),
  async run(ctx, { execution_id: id }) {
    const origin = await getExecutionToRetry(ctx.database.db, id, ownerFor(ctx));
    if (origin === null) throw executionNotFound(id);
    const { status, isSweep, ...asked } = origin;
    if (status !== "failed" && status !== "cancelled") {
      throw new DomainError("conflict", `Execution ${id} is ${status}: only a failed or cancelled one can be retried`);
    }
    const strategy = findStrategy(ctx.strategies, asked.strategy);
    if (ctx.backlog.isFull) throw new DomainError("unavailable", "Too many executions wait already: try again later");
    const { parameters } = asked;
    const parsed = isSweep ? null : parseParameters(strategy, parameters);
    const execution = {
      ...asked,
      version: strategy.version,
      executionParameters: parsed?.ok === true ? parsed.parameters : parameters,
      traceParent: ctx.traceParent ?? null,
      retryOf: id,
      key: null,
    };
    const submitted = isSweep
      ? await ctx.sweeps.submit(execution, planOf(strategy, parameters as unknown as SweepSpec))
      : await ctx.lifecycle.submit(execution);
    const retry = "id" in submitted ? submitted.id : submitted.executionId;
    ctx.backlog.add();
    ctx.log.info({ execution_id: retry, retry_of: id, strategy: strategy.name }, "execution retried");
    return { execution_id: retry, status: "pending" as const, retry_of: id };
  },
});
