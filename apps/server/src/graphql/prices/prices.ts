import {
  Exchange,
  HeldPrices,
  ImportedPrices,
  deletePrices,
  getPrices,
  importPrices,
  listPrices,
  PriceImportReport,
  PriceWarning,
} from "@strategy-executor/core";
import type { z } from "zod";
import { builder } from "../builder.ts";
import { enumOf, enumWith } from "../mapping/enum-of.ts";
import { fieldDescriptions } from "../mapping/field-descriptions.ts";
import { argumentsOf, inputOf } from "../mapping/input-of.ts";
import { toInput } from "../mapping/to-input.ts";

const describe = {
  held: fieldDescriptions(HeldPrices),
  imported: fieldDescriptions(ImportedPrices),
  report: fieldDescriptions(PriceImportReport),
  warning: fieldDescriptions(PriceWarning),
  prices: fieldDescriptions(getPrices.output),
};

export const ExchangeRef = enumOf("Exchange", Exchange.options, { description: Exchange.description });

const { kind } = PriceWarning.shape;
const WarningKindRef = enumWith("PriceWarningKind", kind.options, kind.description);

const PriceWarningRef = builder.objectRef<z.output<typeof PriceWarning>>("PriceWarning").implement({
  description: PriceWarning.description ?? "",
  fields: (t) => ({
    kind: t.expose("kind", { type: WarningKindRef, ...describe.warning("kind") }),
    day: t.expose("day", { type: "Date", ...describe.warning("day") }),
    message: t.exposeString("message", describe.warning("message")),
  }),
});

export const BarColumnRef = enumOf("BarColumn", HeldPrices.shape.bars.element.options, {
  description: "A column of daily bars besides the closes.",
});

const HeldPricesRef = builder.objectRef<HeldPrices>("HeldPrices").implement({
  description: HeldPrices.description ?? "",
  fields: (t) => ({
    ticker: t.exposeString("ticker", describe.held("ticker")),
    firstDay: t.expose("first_day", { type: "Date", ...describe.held("first_day") }),
    lastDay: t.expose("last_day", { type: "Date", ...describe.held("last_day") }),
    sessionsBehind: t.exposeInt("sessions_behind", describe.held("sessions_behind")),
    rows: t.exposeInt("rows", describe.held("rows")),
    source: t.exposeString("source", describe.held("source")),
    exchange: t.expose("exchange", { type: ExchangeRef, ...describe.held("exchange") }),
    bars: t.expose("bars", { type: [BarColumnRef], ...describe.held("bars") }),
    warnings: t.expose("warnings", { type: [PriceWarningRef], ...describe.held("warnings") }),
  }),
});

const ReplacedPricesRef = builder
  .objectRef<NonNullable<z.output<typeof ImportedPrices>["replaced"]>>("ReplacedPrices")
  .implement({
    description: "The prices that an import replaced.",
    fields: (t) => ({
      firstDay: t.expose("first_day", { type: "Date", ...describe.held("first_day") }),
      lastDay: t.expose("last_day", { type: "Date", ...describe.held("last_day") }),
      rows: t.exposeInt("rows", describe.held("rows")),
      source: t.exposeString("source", describe.held("source")),
    }),
  });

const ImportedPricesRef = builder.objectRef<ImportedPrices>("ImportedPrices").implement({
  description: "What an import did to one of its tickers.",
  fields: (t) => ({
    ticker: t.exposeString("ticker", describe.imported("ticker")),
    firstDay: t.expose("first_day", { type: "Date", ...describe.imported("first_day") }),
    lastDay: t.expose("last_day", { type: "Date", ...describe.imported("last_day") }),
    rows: t.exposeInt("rows", describe.imported("rows")),
    replaced: t.expose("replaced", { type: ReplacedPricesRef, nullable: true, ...describe.imported("replaced") }),
    unchanged: t.exposeBoolean("unchanged", describe.imported("unchanged")),
    warnings: t.expose("warnings", { type: [PriceWarningRef], ...describe.imported("warnings") }),
  }),
});

const PriceImportReportRef = builder.objectRef<PriceImportReport>("PriceImportReport").implement({
  description: PriceImportReport.description ?? "",
  fields: (t) => ({
    rows: t.exposeInt("rows", describe.report("rows")),
    tickers: t.expose("tickers", { type: [ImportedPricesRef], ...describe.report("tickers") }),
    skippedRows: t.exposeInt("skipped_rows", describe.report("skipped_rows")),
    skipped: t.exposeStringList("skipped", describe.report("skipped")),
  }),
});

enumOf("DayOrder", importPrices.input.shape.day_order.unwrap().options, {
  description: "Order of day and month in dates that do not begin with the year.",
});

enumOf("DecimalMark", importPrices.input.shape.decimal.unwrap().options, { description: "Decimal separator." });

const ImportPricesInput = inputOf("ImportPricesInput", importPrices.input, { description: "A file of daily prices." });

builder.mutationField("importPrices", (t) =>
  t.field({
    type: PriceImportReportRef,
    description: `${importPrices.summary} A request holds 1 MB at most: longer files go to \`POST /prices/\`.`,
    errors: {},
    args: { input: t.arg({ type: ImportPricesInput, required: true }) },
    resolve: (_root, { input }, { ctx }) => importPrices.call(ctx, toInput(importPrices.input, input)),
  }),
);

builder.queryField("prices", (t) =>
  t.field({
    type: [HeldPricesRef],
    description: listPrices.summary,
    resolve: async (_root, _args, { ctx }) => (await listPrices.call(ctx, {})).prices,
  }),
);

const PricesRef = builder.objectRef<z.output<typeof getPrices.output>>("Prices").implement({
  description: "The stored prices of a ticker.",
  fields: (t) => ({
    ticker: t.exposeString("ticker", describe.prices("ticker")),
    source: t.exposeString("source", describe.prices("source")),
    exchange: t.expose("exchange", { type: ExchangeRef, ...describe.prices("exchange") }),
    days: t.expose("days", { type: ["Date"], ...describe.prices("days") }),
    close: t.expose("close", { type: ["Float"], nullable: { list: false, items: true }, ...describe.prices("close") }),
    adjClose: t.exposeFloatList("adj_close", describe.prices("adj_close")),
  }),
});

builder.queryField("tickerPrices", (t) =>
  t.field({
    type: PricesRef,
    description: getPrices.summary,
    errors: {},
    args: argumentsOf(getPrices.input),
    resolve: (_root, args, { ctx }) => getPrices.call(ctx, toInput(getPrices.input, args)),
  }),
);

builder.mutationField("deletePrices", (t) =>
  t.field({
    type: HeldPricesRef,
    description: deletePrices.summary,
    errors: {},
    args: argumentsOf(deletePrices.input),
    resolve: (_root, args, { ctx }) => deletePrices.call(ctx, toInput(deletePrices.input, args)),
  }),
);
