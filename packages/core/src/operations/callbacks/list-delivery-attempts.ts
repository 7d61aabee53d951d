import { getExecution, listAttempts } from "@strategy-executor/db";
import { z } from "zod";
import { DeliveryAttempt, ExecutionId, toDeliveryAttempt } from "../../engine/lifecycle/execution.ts";
import { ownerFor, query } from "../operation.ts";
import { executionNotFound } from "../executions/get-execution.ts";
import { fromCursor, NextCursor, pageInput, toPage } from "../page.ts";

export const listDeliveryAttempts = query({
  name: "listDeliveryAttempts",
  summary: "List the attempts to deliver an execution's callback, newest first.",
  scope: "read",
  input: z.strictObject({ execution_id: ExecutionId, ...pageInput }),
  output: z.object({ attempts: z.array(DeliveryAttempt), next_cursor: NextCursor }).meta({ id: "DeliveryAttemptList" }),
  async run(ctx, { execution_id, limit, cursor }) {
    const { db } = ctx.database;
    const owner = ownerFor(ctx);
    const read = await listAttempts(db, execution_id, owner, { before: fromCursor(cursor), limit: limit + 1 });
    if (read.length === 0 && (await getExecution(db, execution_id, owner)) === null)
      throw executionNotFound(execution_id);
    const { page, next_cursor } = toPage(read, limit, (attempt) => attempt.number);
    return { attempts: page.map((attempt) => toDeliveryAttempt(attempt, ctx.client)), next_cursor };
  },
});
