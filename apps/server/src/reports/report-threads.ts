import { DomainError, type Reports } from "@strategy-executor/core";
import { type Analysis, BenchmarkRangeError } from "@strategy-executor/core/analysis";
import { Piscina } from "piscina";
import type { MadeReport, ReportTask } from "./report-messages.ts";

/** The maximum number of reports that wait for the thread. */
const maxWaiting = 100;
/** How long an idle thread is kept. */
const idleMs = 60_000;

/** Makes reports in a thread, which starts with the first report. */
export function createReportThreads(): Reports & AsyncDisposable {
  const pool = new Piscina({
    filename: new URL("report-worker.ts", import.meta.url).href,
    name: "makeReport",
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: idleMs,
  });
  async function make<Made extends Analysis | string>(task: ReportTask): Promise<Made> {
    if (pool.queueSize >= maxWaiting)
      throw new DomainError("unavailable", "Too many reports are being made: try again later");
    const outcome = (await pool.run(task)) as MadeReport<Made>;
    if ("benchmarkProblem" in outcome) throw new BenchmarkRangeError(outcome.benchmarkProblem);
    return outcome.made;
  }
  return {
    analysis: (source) => make<Analysis>({ source, language: null }),
    html: (source, language) => make<string>({ source, language }),
    [Symbol.asyncDispose]: () => pool.destroy(),
  };
}
