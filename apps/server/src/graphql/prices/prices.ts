import { Exchange, HeldPrices, ImportedPrices, listPrices, PriceImportReport } from "@strategy-executor/core";
import type { z } from "zod";
import { builder } from "../builder.ts";
import { fieldDescriptions } from "../field-descriptions.ts";

const say = {
  held: fieldDescriptions(HeldPrices),
  imported: fieldDescriptions(ImportedPrices),
  report: fieldDescriptions(PriceImportReport),
};

export const ExchangeRef = builder.enumType("Exchange", {
  description: Exchange.description ?? "",
  values: Exchange.options,
});

const BarColumnRef = builder.enumType("BarColumn", {
  description: "A column of daily bars besides the closes.",
  values: HeldPrices.shape.bars.element.options,
});

const HeldPricesRef = builder.objectRef<HeldPrices>("HeldPrices").implement({
  description: HeldPrices.description ?? "",
  fields: (t) => ({
    ticker: t.exposeString("ticker", say.held("ticker")),
    firstDay: t.expose("first_day", { type: "Date", ...say.held("first_day") }),
    lastDay: t.expose("last_day", { type: "Date", ...say.held("last_day") }),
    rows: t.exposeInt("rows", say.held("rows")),
    source: t.exposeString("source", say.held("source")),
    exchange: t.expose("exchange", { type: ExchangeRef, ...say.held("exchange") }),
    bars: t.expose("bars", { type: [BarColumnRef], ...say.held("bars") }),
  }),
});

const ReplacedPricesRef = builder
  .objectRef<NonNullable<z.output<typeof ImportedPrices>["replaced"]>>("ReplacedPrices")
  .implement({
    description: "The prices that an import took the place of.",
    fields: (t) => ({
      firstDay: t.expose("first_day", { type: "Date", ...say.held("first_day") }),
      lastDay: t.expose("last_day", { type: "Date", ...say.held("last_day") }),
      rows: t.exposeInt("rows", say.held("rows")),
      source: t.exposeString("source", say.held("source")),
    }),
  });

const ImportedPricesRef = builder.objectRef<ImportedPrices>("ImportedPrices").implement({
  description: "What an import did to one of its tickers.",
  fields: (t) => ({
    ticker: t.exposeString("ticker", say.imported("ticker")),
    firstDay: t.expose("first_day", { type: "Date", ...say.imported("first_day") }),
    lastDay: t.expose("last_day", { type: "Date", ...say.imported("last_day") }),
    rows: t.exposeInt("rows", say.imported("rows")),
    replaced: t.expose("replaced", { type: ReplacedPricesRef, nullable: true, ...say.imported("replaced") }),
    unchanged: t.exposeBoolean("unchanged", say.imported("unchanged")),
  }),
});

export const PriceImportReportRef = builder.objectRef<PriceImportReport>("PriceImportReport").implement({
  description: PriceImportReport.description ?? "",
  fields: (t) => ({
    rows: t.exposeInt("rows", say.report("rows")),
    tickers: t.expose("tickers", { type: [ImportedPricesRef], ...say.report("tickers") }),
  }),
});

builder.queryField("prices", (t) =>
  t.field({
    type: [HeldPricesRef],
    description: listPrices.summary,
    resolve: async (_root, _args, { ctx }) => (await listPrices.call(ctx, {})).prices,
  }),
);
