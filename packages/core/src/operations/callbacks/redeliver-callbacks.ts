import { maxExamined } from "@strategy-executor/db";
import { z } from "zod";
import { givenInstant } from "../../common/given-time.ts";
import { mutation, ownerFor } from "../operation.ts";
import { bulkInput, ensureSelective } from "../bulk.ts";
import { executionFilter, receiver } from "../executions/execution-filter.ts";
import { fromCursor, NextCursor, pageInput, toPage } from "../page.ts";

const instant = (description: string) =>
  givenInstant()
    .nullish()
    .meta({ description, examples: ["2025-10-04T00:00:00.000Z"] });

export const redeliverCallbacks = mutation({
  name: "redeliverCallbacks",
  summary: "Redeliver all failed callbacks, with the same ids.",
  scope: "execute",
  input: z
    .strictObject({
      since: instant("Only executions that ended at this time or later."),
      until: instant("Only executions that ended before this time."),
      accepted_since: instant("Only executions accepted at this time or later."),
      strategy: executionFilter.strategy.nullish(),
      receiver: receiver.nullish().meta({ description: "Only callbacks to this receiver." }),
      ...bulkInput,
      include_delivered: z.boolean().nullish().meta({
        description: "Also callbacks that were delivered or are still being retried; only failed ones when absent.",
      }),
      limit: z
        .int()
        .min(1)
        .max(10_000)
        .default(1_000)
        .meta({ description: "Maximum number of callbacks, newest first." }),
      cursor: pageInput.cursor.nullish(),
    })
    .meta({ id: "RedeliverCallbacks" }),
  output: z
    .object({
      redelivered: z.int().meta({ description: "Number of callbacks that are redelivered, or in a dry run would be." }),
      next_cursor: NextCursor.describe(
        `Pass it as \`cursor\` to redeliver the rest; null when none remain. With \`include_delivered\` one call examines ${maxExamined} executions, so that it can find none although older ones match.`,
      ),
    })
    .meta({ id: "RedeliveredCallbacks" }),
  async run(ctx, { include_delivered, limit, cursor, ids, dry_run: isDry, ...given }) {
    ensureSelective([ids, ...Object.values(given)]);
    const { since, until, accepted_since: acceptedSince, strategy, receiver: origin } = given;
    const filter = {
      owner: ownerFor(ctx),
      all: include_delivered ?? false,
      strategy: strategy ?? undefined,
      since: toDate(since),
      until: toDate(until),
      acceptedSince: toDate(acceptedSince),
      receiver: origin ?? undefined,
      ids: ids ?? undefined,
      before: fromCursor(cursor ?? undefined),
      limit,
    };
    const { found, queued, stoppedAt } = await (isDry === true
      ? ctx.redeliveries.find(filter).then((seen) => ({ ...seen, queued: seen.found }))
      : ctx.redeliveries.queueOnce(filter));
    if (isDry !== true) ctx.log.info({ redelivered: queued.length }, "redeliveries queued");
    // If a full page was the last, the next one is empty.
    const more = found.length === limit ? [0] : [];
    const { next_cursor } = toPage([...found, ...more], limit, (id) => id, stoppedAt);
    return { redelivered: queued.length, next_cursor };
  },
});

function toDate(text: string | null | undefined): Date | undefined {
  return text === null || text === undefined ? undefined : new Date(text);
}
