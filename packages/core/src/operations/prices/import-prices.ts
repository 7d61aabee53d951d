import { z } from "zod";
import { mutation } from "../operation.ts";
import { csvField, csvStream, sourceField } from "./csv-field.ts";
import { dayOrders, decimalMarks } from "../../prices/csv/csv-file.ts";
import { importPrices as load } from "../../prices/import-prices.ts";
import { Exchange, PriceImportReport, Ticker } from "../../prices/schemas.ts";

export const importPrices = mutation({
  name: "importPrices",
  summary: "Load daily prices from CSV, replacing all stored prices of each ticker in it.",
  scope: "admin",
  input: z.strictObject({
    ticker: Ticker.optional().meta({ description: "Ticker of a file without a ticker column." }),
    source: sourceField("File or provider of the prices."),
    exchange: Exchange.optional().meta({
      description:
        "Exchange of the tickers. Its calendar decides whether their last month has ended. When absent, a stored ticker keeps its " +
        "exchange; a new one gets XKRX if it has six digits or ends in .KS or .KQ, and XNYS otherwise.",
    }),
    day_order: z.enum(dayOrders).optional().meta({
      description:
        "How days such as 01/02/2024 are written: `dmy` day first, `mdy` month first. When absent, detected from the file.",
    }),
    decimal: z.enum(decimalMarks).optional().meta({
      description:
        "Decimal separator, which decides whether 1,234 is about one or more than a thousand. When absent, detected from the file.",
    }),
    skip_bad_rows: z
      .stringbool({ truthy: ["true"], falsy: ["false"] })
      .or(z.boolean())
      .default(false)
      .meta({
        type: "boolean",
        description: "Leaves out rows that cannot be prices and reports them, instead of refusing the file.",
      }),
    csv: csvField(
      "A header and rows of date,ticker,close,adj_close, or of date,close,adj_close with `ticker`. Columns are found by " +
        "name, in any order and as common downloads spell them, open, high, low and volume among them; other columns are " +
        "ignored. The days of a ticker ascend or descend.",
    ),
  }),
  output: PriceImportReport,
  async run(ctx, { ticker, source, exchange, day_order, decimal, skip_bad_rows, csv }) {
    const report = await load(ctx.database.db, {
      name: source,
      ticker,
      exchange,
      dayOrder: day_order,
      decimal,
      skipBadRows: skip_bad_rows,
      csv: csvStream(csv),
      maxBytes: ctx.pricesMaxBytes,
    });
    ctx.schedules.changed();
    ctx.log.info({ source, rows: report.rows, tickers: report.tickers.length }, "prices imported");
    return report;
  },
});
