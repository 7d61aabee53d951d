import { type Analysis, BenchmarkRangeError, reportOf } from "@strategy-executor/core/analysis";
import { renderReport } from "@strategy-executor/report/html";
import type { MadeReport, ReportTask } from "./report-messages.ts";

/** Makes a report, in a thread. */
export function makeReport({ source, language }: ReportTask): MadeReport<Analysis | string> {
  try {
    const content = reportOf(source);
    return { made: language === null ? content.analysis : renderReport(content, language) };
  } catch (error) {
    if (error instanceof BenchmarkRangeError) return { benchmarkProblem: error.message };
    throw error;
  }
}
