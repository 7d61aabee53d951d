import { getExecution as findExecution } from "@strategy-executor/db";
import { z } from "zod";
import { DomainError } from "../../common/domain-error.ts";
import { Execution, ExecutionId, toExecution } from "../../engine/lifecycle/execution.ts";
import { mutation, ownerFor } from "../operation.ts";
import { executionNotFound } from "../executions/get-execution.ts";

export const redeliverCallback = mutation({
  name: "redeliverCallback",
  summary: "Redeliver the callback of an ended execution, with the same id.",
  scope: "execute",
  input: z.strictObject({ execution_id: ExecutionId }),
  output: Execution,
  async run(ctx, { execution_id: id }) {
    const owner = ownerFor(ctx);
    const record = await findExecution(ctx.database.db, id, owner);
    if (record === null) throw executionNotFound(id);
    if (record.callback === null) throw new DomainError("conflict", `Execution ${id} has no callback_url`);
    if (record.completedAt === null) {
      throw new DomainError("conflict", `Execution ${id} has not ended: it is ${record.status}`);
    }
    await ctx.redeliveries.queue({ owner, executionId: id, all: true, limit: 1 }, "at once");
    ctx.log.info({ execution_id: id }, "redelivery queued");
    return toExecution(record, ctx.client);
  },
});
