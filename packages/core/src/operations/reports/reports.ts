import type { Analysis, ReportSource } from "../../analysis/stored/index.ts";

export const reportLanguages = ["en", "ko"] as const;
export type ReportLanguage = (typeof reportLanguages)[number];

/**
 * Makes reports outside the event loop. The host provides it, because this package does not know what a report looks like.
 * Both refuse a benchmark that does not cover the execution. @throws BenchmarkRangeError
 */
export interface Reports {
  analysis(source: ReportSource): Promise<Analysis>;
  /** One file of HTML. */
  html(source: ReportSource, language: ReportLanguage): Promise<string>;
}
