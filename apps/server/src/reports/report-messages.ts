import type { Reports } from "@strategy-executor/core";
import type { ReportSource } from "@strategy-executor/core/analysis";

/** A task for the thread: a report as HTML in a language, or its figures. */
export interface ReportTask {
  readonly source: ReportSource;
  readonly language: Parameters<Reports["html"]>[1] | null;
}

/** Errors lose their class between threads. */
export type MadeReport<Made> = { readonly made: Made } | { readonly benchmarkProblem: string };
