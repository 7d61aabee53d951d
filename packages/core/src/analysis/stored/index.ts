export { Analysis } from "../analysis-schema.ts";
export { BenchmarkRangeError } from "../benchmark.ts";
export { type BenchmarkSource, type ReportContent, reportOf, type ReportSource } from "./report-of.ts";
