import { listTickers } from "@strategy-executor/db";
import { z } from "zod";
import { RefreshedPrices } from "../../prices/refresh/refreshed-prices.ts";
import { Ticker } from "../../prices/schemas.ts";
import { mutation } from "../operation.ts";
import { NextCursor } from "../page.ts";

/** Maximum number of tickers of one call. Providers are asked one by one. */
const maxTickers = 500;

export const refreshPrices = mutation({
  name: "refreshPrices",
  summary: "Bring stored prices up to date from their providers, ticker by ticker.",
  scope: "admin",
  input: z
    .strictObject({
      tickers: z
        .array(Ticker)
        .min(1)
        .max(maxTickers)
        .nullish()
        .meta({
          description: "The tickers, which may be new ones. When absent, all stored tickers.",
          examples: [["SPY", "QQQ"]],
        }),
      limit: z
        .int()
        .min(1)
        .max(maxTickers)
        .default(100)
        .meta({ description: "Maximum number of tickers of one call." }),
      cursor: z.string().max(64).nullish().meta({ description: "`next_cursor` of the previous call." }),
    })
    .meta({ id: "RefreshPrices" }),
  output: z
    .object({
      tickers: z.array(RefreshedPrices).meta({ description: "The outcome of each ticker, in alphabetical order." }),
      next_cursor: NextCursor.meta({
        description: "Pass it as `cursor` to refresh the remaining tickers; null when none remain.",
      }),
    })
    .meta({ id: "RefreshedTickers" }),
  async run(ctx, { tickers: asked, limit, cursor }) {
    const all = asked ?? (await listTickers(ctx.database.db)).map(({ ticker }) => ticker);
    const sorted = [...new Set(all)].toSorted();
    const left = sorted.filter((ticker) => cursor == null || ticker > cursor);
    const now = left.slice(0, limit);
    const tickers = await ctx.prices.refresh(now);
    ctx.schedules.changed();
    return { tickers, next_cursor: left.length > limit ? now.at(-1)! : null };
  },
});
