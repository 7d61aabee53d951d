import { listExecutionIds } from "@strategy-executor/db";
import { z } from "zod";
import { bulkInput, ensureSelective, withoutNull } from "../bulk.ts";
import { mutation, ownerFor } from "../operation.ts";
import { fromCursor, NextCursor, pageInput, toPage } from "../page.ts";
import { executionFilter, toExecutionFilter } from "./execution-filter.ts";

/** Executions that one call examines. */
const pageSize = 500;

const open = "(pending|running)";

export const cancelExecutions = mutation({
  name: "cancelExecutions",
  summary: "Cancel executions that have not ended, by number or by filter.",
  scope: "execute",
  input: z
    .strictObject({
      ...bulkInput,
      strategy: executionFilter.strategy.nullish(),
      schedule_id: executionFilter.schedule_id.nullish(),
      label: executionFilter.label.nullish(),
      since: executionFilter.since.nullish(),
      until: executionFilter.until.nullish(),
      kind: executionFilter.kind.nullish(),
      status: z
        .string()
        .regex(new RegExp(`^${open}(,${open})?$`), "must be pending, running or both separated by a comma")
        .nullish()
        .meta({ description: "`pending`, `running`, or both separated by a comma. Both when absent." }),
      cursor: pageInput.cursor.nullish(),
    })
    .meta({ id: "CancelExecutions" }),
  output: z
    .object({
      cancelled: z.int().meta({ description: "Number of executions cancelled, or in a dry run to be cancelled." }),
      next_cursor: NextCursor.describe(
        `Pass it as \`cursor\` to continue, since one call examines ${pageSize} executions; null when none remain.`,
      ),
    })
    .meta({ id: "CancelledExecutions" }),
  async run(ctx, { ids, dry_run: isDry, cursor, ...given }) {
    ensureSelective([ids, ...Object.values(given)]);
    const filter = toExecutionFilter(withoutNull(given));
    const owner = ownerFor(ctx);
    const found = await listExecutionIds(ctx.database.db, {
      ...filter,
      statuses: filter.statuses ?? ["pending", "running"],
      owner,
      ids: ids ?? undefined,
      before: fromCursor(cursor ?? undefined),
      limit: pageSize + 1,
    });
    const { page, next_cursor } = toPage(found, pageSize, (id) => id);
    if (isDry === true) return { cancelled: page.length, next_cursor };
    let cancelled = 0;
    for (const id of page) if (await ctx.lifecycle.cancel(id, owner)) cancelled += 1;
    ctx.log.info({ cancelled }, "executions cancelled");
    return { cancelled, next_cursor };
  },
});
