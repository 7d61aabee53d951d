import { comparableText } from "../../common/printable-text.ts";
import { listExecutions as readExecutions } from "@strategy-executor/db";
import { z } from "zod";
import { ExecutionStatus, ExecutionSummary, Label, toExecutionSummary } from "../../engine/lifecycle/execution.ts";
import { ownerFor, query } from "../operation.ts";
import { fromCursor, NextCursor, pageInput, toPage } from "../page.ts";

export const listExecutions = query({
  name: "listExecutions",
  summary: "List executions, newest first.",
  scope: "read",
  input: z.strictObject({
    status: ExecutionStatus.optional(),
    strategy: comparableText().optional().meta({ description: "Only executions of this strategy." }),
    schedule_id: z.int().positive().optional().meta({ description: "Only executions of this schedule." }),
    label: Label.optional().meta({ description: "Only executions whose label begins with this." }),
    ...pageInput,
  }),
  output: z.object({ executions: z.array(ExecutionSummary), next_cursor: NextCursor }).meta({ id: "ExecutionList" }),
  async run(ctx, { limit, cursor, schedule_id: scheduleId, ...filter }) {
    const asked = { owner: ownerFor(ctx), before: fromCursor(cursor), limit: limit + 1 };
    const read = await readExecutions(ctx.database.db, { ...filter, scheduleId, ...asked });
    const { page, next_cursor } = toPage(read, limit, (record) => record.id);
    return { executions: page.map((record) => toExecutionSummary(record, ctx.client)), next_cursor };
  },
});
