import {
  DataSeriesReport,
  deleteDataSeries,
  HeldDataSeries,
  importDataSeries,
  listDataSeries,
} from "@strategy-executor/core";
import type { z } from "zod";
import { builder } from "../builder.ts";
import { fieldDescriptions } from "../field-descriptions.ts";
import { type CamelCased, toInput } from "../name-mapping.ts";
import { DayOrderRef, DecimalMarkRef } from "./prices.ts";

const describe = {
  held: fieldDescriptions(HeldDataSeries),
  report: fieldDescriptions(DataSeriesReport),
  given: fieldDescriptions(importDataSeries.input),
};

const HeldDataSeriesRef = builder.objectRef<HeldDataSeries>("HeldDataSeries").implement({
  description: HeldDataSeries.description ?? "",
  fields: (t) => ({
    name: t.exposeString("name", describe.held("name")),
    firstDay: t.expose("first_day", { type: "Date", ...describe.held("first_day") }),
    lastDay: t.expose("last_day", { type: "Date", ...describe.held("last_day") }),
    rows: t.exposeInt("rows", describe.held("rows")),
    source: t.exposeString("source", describe.held("source")),
  }),
});

const ReplacedDataSeriesRef = builder
  .objectRef<NonNullable<DataSeriesReport["replaced"]>>("ReplacedDataSeries")
  .implement({
    description: "The values that an import replaced.",
    fields: (t) => ({
      firstDay: t.expose("first_day", { type: "Date", ...describe.held("first_day") }),
      lastDay: t.expose("last_day", { type: "Date", ...describe.held("last_day") }),
      rows: t.exposeInt("rows", describe.held("rows")),
      source: t.exposeString("source", describe.held("source")),
    }),
  });

const DataSeriesReportRef = builder.objectRef<DataSeriesReport>("DataSeriesReport").implement({
  description: DataSeriesReport.description ?? "",
  fields: (t) => ({
    name: t.exposeString("name", describe.report("name")),
    firstDay: t.expose("first_day", { type: "Date", ...describe.report("first_day") }),
    lastDay: t.expose("last_day", { type: "Date", ...describe.report("last_day") }),
    rows: t.exposeInt("rows", describe.report("rows")),
    blankRows: t.exposeInt("blank_rows", describe.report("blank_rows")),
    replaced: t.expose("replaced", { type: ReplacedDataSeriesRef, nullable: true, ...describe.report("replaced") }),
    unchanged: t.exposeBoolean("unchanged", describe.report("unchanged")),
  }),
});

/** The file is a JSON string. */
type SeriesFile = Omit<z.input<typeof importDataSeries.input>, "csv"> & { csv: string };

const ImportDataSeriesInput = builder.inputRef<CamelCased<SeriesFile>>("ImportDataSeriesInput").implement({
  fields: (t) => ({
    csv: t.string({ required: true, ...describe.given("csv") }),
    dayOrder: t.field({ type: DayOrderRef, ...describe.given("day_order") }),
    decimal: t.field({ type: DecimalMarkRef, ...describe.given("decimal") }),
    name: t.string({ required: true, ...describe.given("name") }),
    source: t.string(describe.given("source")),
  }),
});

builder.queryField("dataSeries", (t) =>
  t.field({
    type: [HeldDataSeriesRef],
    description: listDataSeries.summary,
    resolve: async (_root, _args, { ctx }) => (await listDataSeries.call(ctx, {})).data_series,
  }),
);

builder.mutationField("importDataSeries", (t) =>
  t.field({
    type: DataSeriesReportRef,
    description: `${importDataSeries.summary} A request holds 1 MB at most: longer files go to \`POST /data-series/\`.`,
    errors: {},
    args: { input: t.arg({ type: ImportDataSeriesInput, required: true }) },
    resolve: (_root, { input }, { ctx }) => importDataSeries.call(ctx, toInput(input)),
  }),
);

builder.mutationField("deleteDataSeries", (t) =>
  t.field({
    type: HeldDataSeriesRef,
    description: deleteDataSeries.summary,
    errors: {},
    args: { name: t.arg.string({ required: true, ...describe.held("name") }) },
    resolve: (_root, args, { ctx }) => deleteDataSeries.call(ctx, toInput(args)),
  }),
);
