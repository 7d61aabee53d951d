import { z } from "zod";
import { query } from "../operation.ts";
import { listHeldPrices } from "../../prices/held-prices.ts";
import { HeldPrices } from "../../prices/schemas.ts";

export const listPrices = query({
  name: "listPrices",
  summary: "List the tickers with stored prices.",
  scope: "read",
  input: z.strictObject({}),
  output: z.object({ prices: z.array(HeldPrices) }).meta({ id: "PriceList" }),
  async run(ctx) {
    return { prices: await listHeldPrices(ctx.database.db) };
  },
});
