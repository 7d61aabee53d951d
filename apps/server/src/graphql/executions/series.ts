import { Series } from "@strategy-executor/core";
import { builder } from "../builder.ts";
import { fieldDescriptions } from "../field-descriptions.ts";
import type { SeriesValue } from "./series-range.ts";

const say = {
  series: fieldDescriptions(Series),
  decision: fieldDescriptions(Series.shape.weights.element),
  trade: fieldDescriptions(Series.shape.trades.unwrap().element),
};

const DecisionRef = builder.objectRef<SeriesValue["weights"][number]>("Decision").implement({
  description: "A strategy's decision on a day.",
  fields: (t) => ({
    date: t.expose("date", { type: "Date", ...say.decision("date") }),
    weights: t.expose("weights", { type: "JSON", ...say.decision("weights") }),
    mode: t.exposeString("mode", { nullable: true, ...say.decision("mode") }),
    canary: t.expose("canary", { type: "JSON", nullable: true, ...say.decision("canary") }),
    scores: t.expose("scores", { type: "JSON", nullable: true, ...say.decision("scores") }),
    hold: t.boolean({ ...say.decision("hold"), resolve: ({ hold = false }) => hold }),
    because: t.exposeString("because", say.decision("because")),
  }),
});

const TradeRef = builder.objectRef<NonNullable<SeriesValue["trades"]>[number]>("Trade").implement({
  description: "A position from its purchase to its sale.",
  fields: (t) => ({
    ticker: t.exposeString("ticker", say.trade("ticker")),
    entry: t.expose("entry", { type: "Date", ...say.trade("entry") }),
    entryPrice: t.exposeFloat("entry_price", say.trade("entry_price")),
    exit: t.expose("exit", { type: "Date", nullable: true, ...say.trade("exit") }),
    exitPrice: t.exposeFloat("exit_price", { nullable: true, ...say.trade("exit_price") }),
    return: t.exposeFloat("return", { nullable: true, ...say.trade("return") }),
  }),
});

export const SeriesRef = builder.objectRef<SeriesValue>("Series").implement({
  description: "The long arrays of a result: dates, equity and drawdown have equal length.",
  fields: (t) => ({
    dates: t.expose("dates", { type: ["Date"], ...say.series("dates") }),
    equity: t.exposeFloatList("equity", say.series("equity")),
    drawdown: t.exposeFloatList("drawdown", say.series("drawdown")),
    weights: t.expose("weights", { type: [DecisionRef], ...say.series("weights") }),
    trades: t.field({ type: [TradeRef], ...say.series("trades"), resolve: ({ trades = [] }) => trades }),
  }),
});
