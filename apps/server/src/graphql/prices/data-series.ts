import {
  DataSeriesReport,
  deleteDataSeries,
  HeldDataSeries,
  importDataSeries,
  listDataSeries,
} from "@strategy-executor/core";
import { builder } from "../builder.ts";
import { fieldDescriptions } from "../mapping/field-descriptions.ts";
import { argumentsOf, inputOf } from "../mapping/input-of.ts";
import { toInput } from "../mapping/to-input.ts";

const describe = {
  held: fieldDescriptions(HeldDataSeries),
  report: fieldDescriptions(DataSeriesReport),
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

const ImportDataSeriesInput = inputOf("ImportDataSeriesInput", importDataSeries.input, {
  description: "A file of a data series.",
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
    resolve: (_root, { input }, { ctx }) => importDataSeries.call(ctx, toInput(importDataSeries.input, input)),
  }),
);

builder.mutationField("deleteDataSeries", (t) =>
  t.field({
    type: HeldDataSeriesRef,
    description: deleteDataSeries.summary,
    errors: {},
    args: argumentsOf(deleteDataSeries.input),
    resolve: (_root, args, { ctx }) => deleteDataSeries.call(ctx, toInput(deleteDataSeries.input, args)),
  }),
);
