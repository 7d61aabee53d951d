import { z } from "zod";
import { HeldDataSeries, listHeldSeries } from "../../prices/import-series.ts";
import { query } from "../operation.ts";

export const listDataSeries = query({
  name: "listDataSeries",
  summary: "List the stored data series: numbers that are not prices, such as an unemployment rate.",
  scope: "read",
  input: z.strictObject({}),
  output: z.object({ data_series: z.array(HeldDataSeries) }).meta({ id: "DataSeriesList" }),
  async run(ctx) {
    return { data_series: await listHeldSeries(ctx.database.db) };
  },
});
