import { getReport } from "@strategy-executor/core";
import type { z } from "zod";
import { builder } from "../builder.ts";
import { fieldDescriptions } from "../field-descriptions.ts";
import { toInput } from "../name-mapping.ts";
import { ExecutionRef } from "./execution.ts";

interface Report {
  readonly analysis: z.output<typeof getReport.output>;
  readonly path: string;
}

const describe = fieldDescriptions(getReport.input);

const ReportRef = builder.objectRef<Report>("Report").implement({
  description: "The figures of a completed execution.",
  fields: (t) => ({
    analysis: t.expose("analysis", {
      type: "JSON",
      description: "Every figure, as `GET /executions/{id}/report/` answers.",
    }),
    path: t.exposeString("path", { description: "Path and query of the same report as a page." }),
  }),
});

const ReportLanguageRef = builder.enumType("ReportLanguage", {
  description: "Language of a report's page.",
  values: getReport.input.shape.language.unwrap().options,
});

builder.objectFields(ExecutionRef, (t) => ({
  report: t.field({
    type: ReportRef,
    description: "Its figures; refused unless it is completed.",
    errors: {},
    args: {
      benchmark: t.arg.string(describe("benchmark")),
      crises: t.arg.string(describe("crises")),
      language: t.arg({ type: ReportLanguageRef, ...describe("language") }),
      riskFree: t.arg.float(describe("risk_free")),
    },
    complexity: 200,
    resolve: async ({ execution_id }, args, { ctx }) => {
      const asked = toInput(args);
      const analysis = await getReport.call(ctx, { execution_id, ...asked });
      const query = new URLSearchParams({ ...(asked as Record<string, string>), format: "html" });
      return { analysis, path: `/executions/${execution_id}/report/?${query.toString()}` };
    },
  }),
}));
