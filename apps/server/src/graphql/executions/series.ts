import { Series } from "@strategy-executor/core";
import { builder } from "../builder.ts";
import { fieldDescriptions } from "../field-descriptions.ts";
import type { SeriesValue } from "./series-range.ts";

const say = { series: fieldDescriptions(Series), decision: fieldDescriptions(Series.shape.weights.element) };

const DecisionRef = builder.objectRef<SeriesValue["weights"][number]>("Decision").implement({
  description: "A strategy's decision on a day.",
  fields: (t) => ({
    date: t.expose("date", { type: "Date", ...say.decision("date") }),
    weights: t.expose("weights", { type: "JSON", ...say.decision("weights") }),
    mode: t.exposeString("mode", { nullable: true, ...say.decision("mode") }),
    canary: t.expose("canary", { type: "JSON", nullable: true, ...say.decision("canary") }),
    because: t.exposeString("because", say.decision("because")),
  }),
});

export const SeriesRef = builder.objectRef<SeriesValue>("Series").implement({
  description: "The long arrays of a result: dates, equity and drawdown have equal length.",
  fields: (t) => ({
    dates: t.expose("dates", { type: ["Date"], ...say.series("dates") }),
    equity: t.exposeFloatList("equity", say.series("equity")),
    drawdown: t.exposeFloatList("drawdown", say.series("drawdown")),
    weights: t.expose("weights", { type: [DecisionRef], ...say.series("weights") }),
  }),
});
