import { getExecution as findExecution } from "@strategy-executor/db";
import { z } from "zod";
import { DomainError } from "../../common/domain-error.ts";
import { Execution, ExecutionId, toExecution } from "../../engine/lifecycle/execution.ts";
import { mutation, ownerFor } from "../operation.ts";
import { executionNotFound } from "./get-execution.ts";

export const cancelExecution = mutation({
  name: "cancelExecution",
  summary: "Cancel an execution that has not ended.",
  scope: "execute",
  input: z.strictObject({ execution_id: ExecutionId }),
  output: Execution,
  async run(ctx, { execution_id: id }) {
    const owner = ownerFor(ctx);
    const cancelled = await ctx.lifecycle.cancel(id, owner);
    const record = await findExecution(ctx.database.db, id, owner);
    if (record === null) throw executionNotFound(id);
    if (!cancelled) throw new DomainError("conflict", `Execution ${id} has ended already: it is ${record.status}`);
    ctx.log.info({ execution_id: id, strategy: record.strategy }, "execution cancelled");
    return toExecution(record, ctx.client);
  },
});
