import {
  claimRuns,
  type Database,
  isUnavailable,
  lastDays,
  type NewExecution,
  refuseRun,
  type RunKey,
  submitRuns,
  waitingRuns,
  type WaitingRun,
} from "@strategy-executor/db";
import type { Log } from "../../common/log.ts";
import { parseParameters } from "../../strategy/parameters.ts";
import type { Strategy } from "../../strategy/strategy.ts";
import type { Backlog } from "../lifecycle/backlog.ts";
import type { Lifecycle } from "../lifecycle/lifecycle.ts";
import { askAgainSeconds, type LackingRun } from "./ask-for-prices.ts";
import { ScheduleSpec } from "./schedule-spec.ts";

/** Runs submitted in one transaction. */
const batchSize = 500;

export interface SubmitOptions {
  readonly database: Database;
  readonly lifecycle: Lifecycle;
  readonly backlog: Backlog;
  readonly strategies: ReadonlyMap<string, Strategy>;
  readonly log: Log;
}

interface SubmittedRuns {
  readonly submitted: readonly number[];
  readonly lacking: readonly LackingRun[];
  readonly hasRefused: boolean;
}

/**
 * Submits the runs whose prices are stored, and those that have waited for them long enough. A run and its execution are written in one
 * transaction, so a run has one execution even after a crash. Returns the executions, the runs whose prices should be requested now, and
 * whether runs ended without an execution.
 */
export async function submitReadyRuns(options: SubmitOptions): Promise<SubmittedRuns> {
  const submitted: number[] = [];
  const lacking: LackingRun[] = [];
  let hasRefused = false;
  for (let stay = 0; !options.backlog.isFull;) {
    const page = await waitingRuns(options.database.db, batchSize, stay);
    const prepared = page.map((run) => prepare(run, options.strategies));
    const stored = await lastDays(options.database.db, [...new Set(prepared.flatMap(({ tickers }) => tickers))]);
    const ready = prepared.filter((run) => run.isPatienceOver || hasPrices(run, stored));
    const waiting = new Set(prepared).difference(new Set(ready));
    lacking.push(...[...waiting].flatMap((run) => (run.isDueForAsking ? toLacking(run, stored) : [])));
    const ids = await submit(options, ready);
    submitted.push(...ids);
    hasRefused ||= ids.length < ready.length;
    stay += page.length - ready.length;
    if (page.length < batchSize) break;
  }
  return { submitted, lacking, hasRefused };
}

interface PreparedRun {
  readonly key: RunKey;
  /** Null if the run cannot become an execution. */
  readonly execution: NewExecution | null;
  readonly problem: string | null;
  /** The tickers whose prices are missing. */
  readonly tickers: readonly string[];
  readonly tradingDay: string | null;
  readonly isPatienceOver: boolean;
  /** Whether to request the missing prices from providers. */
  readonly refreshes: boolean;
  /** Whether no process has requested them lately. */
  readonly isDueForAsking: boolean;
}

const urgencies = { low: -1, normal: 0, high: 1 } as const;

function prepare(run: WaitingRun, strategies: ReadonlyMap<string, Strategy>): PreparedRun {
  const { scheduleId, fireAt, tradingDay } = run;
  const key = { scheduleId, fireAt };
  const isDueForAsking = run.askedMs === null || run.askedMs >= askAgainSeconds * 1_000;
  const { data: spec } = ScheduleSpec.safeParse(run.spec);
  const strategy = spec && strategies.get(spec.strategy_name);
  if (spec === undefined || strategy === undefined) {
    const problem = spec ? `There is no strategy ${spec.strategy_name}` : "The schedule cannot be read";
    return {
      key,
      execution: null,
      problem,
      tickers: [],
      tradingDay,
      isPatienceOver: true,
      refreshes: false,
      isDueForAsking,
    };
  }
  const parameters = parametersOf(spec, tradingDay);
  const parsed = parseParameters(strategy, parameters);
  return {
    key,
    execution: {
      client: run.client,
      strategy: strategy.name,
      version: strategy.version,
      parameters,
      executionParameters: parsed.ok ? parsed.parameters : parameters,
      // Whether to notify is decided when the execution has ended.
      callbackUrl: null,
      label: spec.label,
      scheduleId,
      urgency: run.origin === "backfill" ? urgencies.low : urgencies[spec.priority],
    },
    problem: null,
    // Invalid parameters of a run that does not wait for prices fail its execution.
    tickers: parsed.ok && parsed.parameters.use_real_data && tradingDay !== null ? universeOf(strategy, parsed) : [],
    tradingDay,
    isPatienceOver: run.waitedMs >= spec.prices.wait_minutes * 60_000,
    refreshes: spec.prices.refresh,
    isDueForAsking,
  };
}

function parametersOf({ parameters }: ScheduleSpec, tradingDay: string | null): Record<string, unknown> {
  if (tradingDay === null) return parameters;
  return {
    ...parameters,
    end_date: parameters["end_date"] ?? tradingDay,
    ...(parameters["use_real_data"] === true && { prices_until: parameters["prices_until"] ?? tradingDay }),
  };
}

function universeOf(
  strategy: Strategy,
  { parameters }: Extract<ReturnType<typeof parseParameters>, { readonly ok: true }>,
): readonly string[] {
  try {
    const tickers = new Set(strategy.universe(parameters));
    return [...tickers].filter((ticker) => typeof ticker === "string" && !ticker.includes("\0"));
  } catch {
    return [];
  }
}

function hasPrices(run: PreparedRun, stored: ReadonlyMap<string, string>): boolean {
  return missingOf(run, stored).length === 0;
}

/** Only prices of stored tickers are refreshed: the administrator decides which tickers are stored. */
function toLacking(run: PreparedRun, stored: ReadonlyMap<string, string>): LackingRun {
  const missing = missingOf(run, stored);
  const wanted = run.refreshes ? missing.filter((ticker) => stored.has(ticker)) : [];
  return { key: run.key, tradingDay: run.tradingDay ?? "", missing, wanted };
}

/** The tickers that have no price for the trading day. */
function missingOf({ tickers, tradingDay }: PreparedRun, stored: ReadonlyMap<string, string>): readonly string[] {
  return tickers.filter((ticker) => (stored.get(ticker) ?? "") < (tradingDay ?? ""));
}

async function submit(options: SubmitOptions, runs: readonly PreparedRun[]): Promise<readonly number[]> {
  for (const { key, problem } of runs) {
    if (problem !== null) await refuseRun(options.database.db, key, problem);
  }
  const ready = runs.filter(({ execution }) => execution !== null);
  if (ready.length === 0) return [];
  try {
    return await submitTogether(options, ready);
  } catch (error) {
    if (isUnavailable(error) || ready.length > 1) {
      if (isUnavailable(error)) throw error;
      const ids: number[] = [];
      for (const run of ready) ids.push(...(await submit(options, [run])));
      return ids;
    }
    options.log.warn({ ...ready[0]!.key, err: error }, "run could not be submitted");
    await refuseRun(options.database.db, ready[0]!.key, "The execution could not be submitted");
    return [];
  }
}

async function submitTogether(
  { lifecycle, backlog }: SubmitOptions,
  runs: readonly PreparedRun[],
): Promise<readonly number[]> {
  const byKey = new Map(runs.map((run) => [nameOf(run.key), run]));
  const ids = await lifecycle.submitClaimed(async (tx) => {
    const claimed = await claimRuns(
      tx,
      runs.map(({ key }) => key),
    );
    const executions = claimed.map((key) => byKey.get(nameOf(key))!.execution!);
    return { executions, record: (executionIds) => submitRuns(tx, claimed, executionIds) };
  });
  for (const _id of ids) backlog.add();
  return ids;
}

function nameOf({ scheduleId, fireAt }: RunKey): string {
  return `${scheduleId} ${fireAt}`;
}
