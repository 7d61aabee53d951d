import { z } from "zod";
import { removePrices } from "../../prices/remove-prices.ts";
import { HeldPrices, Ticker } from "../../prices/schemas.ts";
import { mutation } from "../operation.ts";
import { pricesNotFound } from "./get-prices.ts";

export const deletePrices = mutation({
  name: "deletePrices",
  summary: "Remove all stored prices of a ticker.",
  scope: "admin",
  input: z.strictObject({ ticker: Ticker }),
  output: HeldPrices,
  async run(ctx, { ticker }) {
    const removed = await removePrices(ctx.database.db, ticker);
    if (removed === undefined) throw pricesNotFound(ticker);
    ctx.schedules.changed();
    ctx.log.info({ ticker, rows: removed.rows }, "prices removed");
    return removed;
  },
});
