import { Series } from "@strategy-executor/core";
import { builder } from "../builder.ts";
import { fieldDescriptions } from "../mapping/field-descriptions.ts";
import type { SeriesValue } from "./series-range.ts";

const describe = {
  series: fieldDescriptions(Series),
  decision: fieldDescriptions(Series.shape.weights.element),
  trade: fieldDescriptions(Series.shape.trades.unwrap().element),
};

const DecisionRef = builder.objectRef<SeriesValue["weights"][number]>("Decision").implement({
  description: "A strategy's decision on a day.",
  fields: (t) => ({
    date: t.expose("date", { type: "Date", ...describe.decision("date") }),
    weights: t.expose("weights", { type: "JSON", ...describe.decision("weights") }),
    mode: t.exposeString("mode", { nullable: true, ...describe.decision("mode") }),
    canary: t.expose("canary", { type: "JSON", nullable: true, ...describe.decision("canary") }),
    scores: t.expose("scores", { type: "JSON", nullable: true, ...describe.decision("scores") }),
    hold: t.boolean({ ...describe.decision("hold"), resolve: ({ hold = false }) => hold }),
    because: t.exposeString("because", describe.decision("because")),
  }),
});

const TradeRef = builder.objectRef<NonNullable<SeriesValue["trades"]>[number]>("Trade").implement({
  description: "A position from its purchase to its sale.",
  fields: (t) => ({
    ticker: t.exposeString("ticker", describe.trade("ticker")),
    entry: t.expose("entry", { type: "Date", ...describe.trade("entry") }),
    entryPrice: t.exposeFloat("entry_price", describe.trade("entry_price")),
    exit: t.expose("exit", { type: "Date", nullable: true, ...describe.trade("exit") }),
    exitPrice: t.exposeFloat("exit_price", { nullable: true, ...describe.trade("exit_price") }),
    return: t.exposeFloat("return", { nullable: true, ...describe.trade("return") }),
  }),
});

export const SeriesRef = builder.objectRef<SeriesValue>("Series").implement({
  description: "The long arrays of a result: dates, equity and drawdown have equal length.",
  fields: (t) => ({
    dates: t.expose("dates", { type: ["Date"], ...describe.series("dates") }),
    equity: t.exposeFloatList("equity", describe.series("equity")),
    drawdown: t.exposeFloatList("drawdown", describe.series("drawdown")),
    weights: t.expose("weights", { type: [DecisionRef], ...describe.series("weights") }),
    trades: t.field({ type: [TradeRef], ...describe.series("trades"), resolve: ({ trades = [] }) => trades }),
  }),
});
