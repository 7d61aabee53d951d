import { z } from "zod";
import { mutation, ownerFor } from "../operation.ts";
import { listExecutions } from "../executions/list-executions.ts";
import { fromCursor, NextCursor, pageInput, toPage } from "../page.ts";

const instant = (description: string) =>
  z.iso
    .datetime({ offset: true })
    .nullish()
    .meta({ description, examples: ["2025-10-04T00:00:00.000Z"] });

export const redeliverCallbacks = mutation({
  name: "redeliverCallbacks",
  summary: "Send again, with the same ids, the callbacks that were given up.",
  scope: "execute",
  input: z
    .strictObject({
      since: instant("Only of executions that ended then or later."),
      until: instant("Only of executions that ended before."),
      strategy: listExecutions.input.shape.strategy.unwrap().nullish().meta({
        description: "Only of executions of this strategy.",
      }),
      include_delivered: z.boolean().nullish().meta({
        description: "Also those that were delivered or are still tried; only those that were given up when absent.",
      }),
      limit: z.int().min(1).max(10_000).default(1_000).meta({ description: "Most callbacks at once, newest first." }),
      cursor: pageInput.cursor.nullish(),
    })
    .meta({ id: "RedeliverCallbacks" }),
  output: z
    .object({
      redelivered: z.int().meta({ description: "Callbacks that are sent again." }),
      next_cursor: NextCursor.describe("Ask again with it as `cursor` for the others; null when these were all."),
    })
    .meta({ id: "RedeliveredCallbacks" }),
  async run(ctx, { since, until, strategy, include_delivered, limit, cursor }) {
    const filter = {
      owner: ownerFor(ctx),
      all: include_delivered ?? false,
      strategy: strategy ?? undefined,
      since: toDate(since),
      until: toDate(until),
      before: fromCursor(cursor ?? undefined),
      limit,
    };
    const queued = await ctx.redeliveries.queue(filter, "in turn");
    ctx.log.info({ redelivered: queued.length }, "redeliveries queued");
    // A full page may be the last: the next one is empty then.
    const { next_cursor } = toPage([...queued, ...(queued.length === limit ? [0] : [])], limit, (id) => id);
    return { redelivered: queued.length, next_cursor };
  },
});

function toDate(text: string | null | undefined): Date | undefined {
  return text === null || text === undefined ? undefined : new Date(text);
}
