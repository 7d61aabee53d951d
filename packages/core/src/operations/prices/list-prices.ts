import { listTickers } from "@strategy-executor/db";
import { z } from "zod";
import { query } from "../operation.ts";
import { toExchangeName } from "../../prices/exchange-days.ts";
import { HeldPrices } from "../../prices/schemas.ts";

export const listPrices = query({
  name: "listPrices",
  summary: "List the tickers with stored prices.",
  scope: "read",
  input: z.strictObject({}),
  output: z.object({ prices: z.array(HeldPrices) }).meta({ id: "PriceList" }),
  async run(ctx) {
    const held = await listTickers(ctx.database.db);
    return {
      prices: held.map(({ ticker, firstDay, lastDay, rows, source, exchange }) => ({
        ticker,
        first_day: firstDay,
        last_day: lastDay,
        rows,
        source,
        exchange: toExchangeName(exchange),
      })),
    };
  },
});
