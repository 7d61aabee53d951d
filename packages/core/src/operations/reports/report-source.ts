import {
  type Db,
  exchangesOf,
  type ExecutionRecord,
  getExecution,
  getSeries,
  getSweeps,
  listExchangeDays,
  loadPrices,
  readChunk as readChunkBytes,
  type SweepRecord,
} from "@strategy-executor/db";
import type { Crisis } from "../../analysis/crises.ts";
import type { BenchmarkSource, ReportSource } from "../../analysis/stored/index.ts";
import type { Result } from "../../backtest/result.ts";
import { DomainError } from "../../common/domain-error.ts";
import { usualExchange } from "../../exchanges/exchange.ts";
import { tradingCalendar } from "../../exchanges/trading-calendar.ts";
import { firstOfMonth, toDay } from "../../market/calendar.ts";
import { toExceptions, toExchangeName } from "../../prices/exchange-days.ts";
import { isTicker } from "../../prices/schemas.ts";
import { commonParameters, parseParameters } from "../../strategy/parameters.ts";
import { METRICS, readChunk, type SweepReport, type SweepSpec } from "../../sweep/index.ts";
import { executionNotFound } from "../executions/get-execution.ts";
import { type Ctx, ownerFor } from "../operation.ts";

/** The options of a report. */
export interface ReportRequest {
  /** Ticker, or `execution:ID`. */
  readonly benchmark?: string | undefined;
  readonly riskFree: number;
  readonly crises: readonly Crisis[];
}

/** Reads all data of a report. @throws DomainError `not_found`; `conflict` unless completed; `invalid` */
export async function readReportSource(ctx: Ctx, id: number, asked: ReportRequest): Promise<ReportSource> {
  const { db } = ctx.database;
  const owner = ownerFor(ctx);
  const [execution, series, [sweep]] = await Promise.all([
    getExecution(db, id, owner),
    getSeries(db, id, owner),
    getSweeps(db, [id], owner),
  ]);
  if (execution === null) throw executionNotFound(id);
  if (execution.result === null || series === null) {
    const message = `Execution ${id} is ${execution.status}: only a completed one has a report`;
    throw new DomainError("conflict", message);
  }
  const result = execution.result as Result;
  const [benchmark, sessions, sharpes] = await Promise.all([
    asked.benchmark === undefined ? null : findBenchmark(ctx, result, asked.benchmark),
    sessionsAround(db, result),
    sweep === undefined ? null : readSharpes(db, sweep),
  ]);
  return {
    executionId: id,
    parameters: parametersOf(ctx, execution, result),
    result,
    series,
    sessions,
    benchmark,
    riskFree: asked.riskFree,
    crises: asked.crises,
    sweep: sweep === undefined || sharpes === null ? null : { combinations: sweep.evaluated, sharpes },
  };
}

async function findBenchmark(ctx: Ctx, { data }: Result, name: string): Promise<BenchmarkSource> {
  const { db } = ctx.database;
  const refuse = (message: string) => {
    return new DomainError("invalid", `benchmark: ${message}`, [{ path: "benchmark", message }]);
  };
  const [, number] = /^execution:([1-9]\d*)$/.exec(name) ?? [];
  if (number !== undefined) {
    const id = Number(number);
    const series = Number.isSafeInteger(id) ? await getSeries(db, id, ownerFor(ctx)) : null;
    if (series === null) throw refuse(`There is no completed execution ${number}`);
    return { kind: "execution", name, series };
  }
  if (!isTicker(name)) throw refuse("must be a ticker, or execution:ID");
  if (data.source === "synthetic") return { kind: "synthetic", name, seed: data.seed ?? 1 };
  const [prices] = await loadPrices(db, [name]);
  if (prices === undefined) throw refuse(`There are no prices of ${name}`);
  return { kind: "prices", name, days: prices.days, values: prices.closes };
}

/** What today's calendars say about the first and last day of the equity. The synthetic market trades on weekdays. */
async function sessionsAround(db: Db, { data, period }: Result): Promise<ReportSource["sessions"]> {
  const [first, last] = [toDay(period.first_day), toDay(period.last_day)];
  const tickers = data.source === "stored" ? Object.keys(data.tickers) : [];
  const held = await exchangesOf(db, tickers);
  const names = new Set(tickers.map((ticker) => toExchangeName(held.get(ticker) ?? usualExchange(ticker))));
  const calendar = tradingCalendar([...names], names.size === 0 ? [] : toExceptions(await listExchangeDays(db)));
  const january = firstOfMonth(first, -Number(period.first_day.slice(5, 7)) + 1);
  return { afterLastDay: calendar.nextSession(last), ofFirstYear: calendar.nextSession(january - 1) };
}

/** The parameters of the execution; for a sweep, those of its best combination, which produced the result. */
function parametersOf(
  ctx: Ctx,
  { strategy: name, executionParameters: given }: ExecutionRecord,
  result: Result & { readonly sweep?: SweepReport },
): ReportSource["parameters"] {
  const best = result.sweep?.best[0];
  const own = best === undefined ? given : { ...(given as unknown as SweepSpec).parameters, ...best.parameters };
  const strategy = best === undefined ? undefined : ctx.strategies.get(name);
  const parsed = strategy === undefined ? null : parseParameters(strategy, own);
  const filled: Readonly<Record<string, unknown>> = parsed?.ok === true ? parsed.parameters : own;
  const capital = commonParameters("same_close").initial_capital.parse(filled["initial_capital"]);
  return { ...filled, initial_capital: capital };
}

/** The column of Sharpe ratios of a sweep's table, read chunk by chunk. */
async function readSharpes(db: Db, { executionId, combinations, chunkSize }: SweepRecord): Promise<Float64Array> {
  const sharpes = new Float64Array(combinations).fill(Number.NaN);
  const column = METRICS.indexOf("sharpe");
  for (let from = 0; from < combinations; from += chunkSize) {
    const bytes = await readChunkBytes(db, executionId, from / chunkSize);
    // The sweep was removed meanwhile.
    if (bytes === null) throw executionNotFound(executionId);
    const count = Math.min(chunkSize, combinations - from);
    const { table } = readChunk(bytes, count);
    for (let row = 0; row < count; row += 1) sharpes[from + row] = table[row * METRICS.length + column]!;
  }
  return sharpes;
}
