import { removeDataSeries } from "@strategy-executor/db";
import { z } from "zod";
import { DomainError } from "../../common/domain-error.ts";
import { HeldDataSeries, SeriesName, toHeldSeries } from "../../prices/import-series.ts";
import { mutation } from "../operation.ts";

export const deleteDataSeries = mutation({
  name: "deleteDataSeries",
  summary: "Remove a data series.",
  scope: "admin",
  input: z.strictObject({ name: SeriesName }),
  output: HeldDataSeries,
  async run(ctx, { name }) {
    const removed = await removeDataSeries(ctx.database.db, name);
    if (removed === undefined) throw new DomainError("not_found", `There is no data series ${name}`);
    ctx.log.info({ series: name, rows: removed.rows }, "data series removed");
    return toHeldSeries(removed);
  },
});
