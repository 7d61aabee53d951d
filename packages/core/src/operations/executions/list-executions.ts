import { listExecutions as readExecutions, maxExamined } from "@strategy-executor/db";
import { z } from "zod";
import { ExecutionSummary, toExecutionSummary } from "../../engine/lifecycle/execution.ts";
import { ownerFor, query } from "../operation.ts";
import { fromCursor, NextCursor, pageInput, toPage } from "../page.ts";
import { executionFilter, receiver, toExecutionFilter } from "./execution-filter.ts";

const maxIds = 20;

export const listExecutions = query({
  name: "listExecutions",
  summary: "List executions, newest first.",
  scope: "read",
  input: z.strictObject({
    ...executionFilter,
    receiver: receiver.optional().meta({ description: "Only executions whose callback goes to this receiver." }),
    ids: z
      .string()
      .regex(new RegExp(`^[1-9]\\d{0,14}(,[1-9]\\d{0,14}){0,${maxIds - 1}}$`), {
        error: `must be 1 to ${maxIds} numbers separated by commas`,
      })
      .optional()
      .meta({ description: `Only these executions, at most ${maxIds}, separated by commas.`, examples: ["12,15"] }),
    ...pageInput,
  }),
  output: z
    .object({
      executions: z.array(ExecutionSummary),
      next_cursor: NextCursor.describe(
        `Cursor of the next page; null on the last one. With \`receiver\`, or \`callback\` \`none\` or \`delivered\`, one call examines ${maxExamined} executions, so that a page can be short or empty although older executions match.`,
      ),
    })
    .meta({ id: "ExecutionList" }),
  async run(ctx, { limit, cursor, ids, receiver: origin, ...filter }) {
    const { items, stoppedAt } = await readExecutions(ctx.database.db, {
      ...toExecutionFilter(filter),
      receiver: origin,
      owner: ownerFor(ctx),
      ids: ids?.split(",").map(Number),
      before: fromCursor(cursor),
      limit: limit + 1,
    });
    const { page, next_cursor } = toPage(items, limit, (record) => record.id, stoppedAt);
    return { executions: page.map((record) => toExecutionSummary(record, ctx.client)), next_cursor };
  },
});
