import { z } from "zod";
import { dayOrders, decimalMarks } from "../../prices/csv/csv-file.ts";
import { DataSeriesReport, importSeries, SeriesName } from "../../prices/import-series.ts";
import { mutation } from "../operation.ts";
import { csvField, csvStream, sourceField } from "../prices/csv-field.ts";

export const importDataSeries = mutation({
  name: "importDataSeries",
  summary: "Load a data series from CSV, replacing all stored values of the same name.",
  scope: "admin",
  input: z.strictObject({
    name: SeriesName,
    source: sourceField("File of the values."),
    day_order: z.enum(dayOrders).optional().meta({
      description:
        "How days such as 01/02/2024 are written: `dmy` day first, `mdy` month first. When absent, detected from the file.",
    }),
    decimal: z.enum(decimalMarks).optional().meta({
      description:
        "Decimal separator, which decides whether 1,234 is about one or more than a thousand. When absent, detected from the file.",
    }),
    csv: csvField(
      "A header and rows of date,value or month,value. A column known_on has the first day on which a value was known: the " +
        "day of the value when absent. A blank value is a period that was never published.",
    ),
  }),
  output: DataSeriesReport,
  async run(ctx, { name, source, day_order, decimal, csv }) {
    const report = await importSeries(ctx.database.db, {
      series: name,
      name: source,
      dayOrder: day_order,
      decimal,
      csv: csvStream(csv),
      maxBytes: ctx.pricesMaxBytes,
    });
    ctx.log.info({ series: name, source, rows: report.rows }, "data series imported");
    return report;
  },
});
