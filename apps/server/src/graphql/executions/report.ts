import { getReport } from "@strategy-executor/core";
import { builder } from "../builder.ts";
import { linkTo } from "../links.ts";
import { enumOf } from "../mapping/enum-of.ts";
import { argumentsOf } from "../mapping/input-of.ts";
import { outputOf } from "../mapping/output-of.ts";
import { toInput } from "../mapping/to-input.ts";
import { ExecutionRef } from "./execution.ts";
import { figureDescriptions, figureNames } from "./figure-names.ts";

enumOf("ReportLanguage", getReport.input.shape.language.unwrap().options, {
  description: "Language of a report's page.",
});

const AnalysisRef = outputOf(
  "Analysis",
  getReport.output,
  {
    period: "AnalysisPeriod",
    ...figureNames("figures"),
    benchmark: "BenchmarkComparison",
    ...figureNames("benchmark.figures"),
    drawdowns: "DrawdownEpisode",
    years: "AnalysisYear",
    months: "AnalysisMonth",
    monthly_returns: "MonthlyReturns",
    rolling: "RollingFigures",
    crises: "CrisisFigures",
    curve: "AnalysisCurve",
    deflated_sharpe: "DeflatedSharpe",
  },
  {
    ...figureDescriptions,
    DrawdownEpisode: "A drawdown from its peak to its recovery.",
    AnalysisYear: "A calendar year.",
    AnalysisMonth: "A month.",
    RollingFigures: "Figures of moving windows of days.",
    CrisisFigures: "The account in a fall of the market.",
    DeflatedSharpe: "Whether the best combination of a sweep is more than luck.",
  },
);

interface Report {
  readonly analysis: Readonly<Record<string, unknown>>;
  readonly url: string;
}

const ReportRef = builder.objectRef<Report>("Report").implement({
  description: "The figures of a completed execution.",
  fields: (t) => ({
    analysis: t.expose("analysis", { type: AnalysisRef, description: "Every figure." }),
    url: t.exposeString("url", {
      description:
        "Address of the same report as a page. A path where the service does not know its own address (`PUBLIC_URL`).",
    }),
  }),
});

builder.objectFields(ExecutionRef, (t) => ({
  report: t.field({
    type: ReportRef,
    description: "Its figures; refused unless it is completed.",
    errors: {},
    args: argumentsOf(getReport.input, { without: ["execution_id"] }),
    complexity: 200,
    resolve: async ({ execution_id }, args, { ctx, links }) => {
      const asked = toInput(getReport.input, args);
      const analysis = await getReport.call(ctx, { execution_id, ...asked });
      const query = new URLSearchParams({ ...(asked as Record<string, string>), format: "html" });
      return { analysis, url: linkTo(links, `/executions/${execution_id}/report/?${query.toString()}`) };
    },
  }),
}));
