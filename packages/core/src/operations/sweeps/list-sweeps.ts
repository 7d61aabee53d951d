import { getExecutionSummaries, listSweeps as readSweeps } from "@strategy-executor/db";
import { z } from "zod";
import { SweepSummary, toSweepSummary } from "../../engine/lifecycle/sweep.ts";
import { ownerFor, query } from "../operation.ts";
import { fromCursor, NextCursor, pageInput, toPage } from "../page.ts";

export const listSweeps = query({
  name: "listSweeps",
  summary: "List sweeps, newest first.",
  scope: "read",
  input: z.strictObject(pageInput),
  output: z.object({ sweeps: z.array(SweepSummary), next_cursor: NextCursor }).meta({ id: "SweepList" }),
  async run(ctx, { limit, cursor }) {
    const { db } = ctx.database;
    const owner = ownerFor(ctx);
    const read = await readSweeps(db, { owner, before: fromCursor(cursor), limit: limit + 1 });
    const { page, next_cursor } = toPage(read, limit, (sweep) => sweep.executionId);
    const ids = page.map(({ executionId }) => executionId);
    const executions = new Map((await getExecutionSummaries(db, ids, owner)).map((record) => [record.id, record]));
    const sweeps = page.flatMap((sweep) => {
      const execution = executions.get(sweep.executionId);
      // Retention may have removed it in between.
      return execution === undefined ? [] : [toSweepSummary(sweep, execution, ctx.client)];
    });
    return { sweeps, next_cursor };
  },
});
