import { builtInStrategies, resultMismatch } from "@strategy-executor/core";
import {
  backtest as tradeDecisions,
  loadTable,
  parseParameters,
  resultOf,
  seriesOf,
} from "@strategy-executor/core/backtest";
import { packSeries } from "@strategy-executor/core/series";
import * as indicatorts from "indicatorts";
import type { BenchOptions, Figures } from "./bench.ts";
import { percentile } from "./measuring/percentile.ts";

type Strategy = (typeof builtInStrategies)[number];

const steps = ["parameters", "backtest", "result", "series", "json", "pack", "check"] as const;
type Step = (typeof steps)[number];

const rounds = 5;
/** Executions before the first round, so that V8 has compiled what it will. */
const warmUp = 30;

/**
 * Milliseconds of processor for an execution of each strategy of the library over the 20 years of the synthetic market,
 * parameters varied: `first` on prices that the thread has not seen before, and then on known ones, with the decisions and
 * scores that it remembers, divided among the steps. Beside them the strategies of indicatorts that follow the rules of ours,
 * where it has them. The median of five rounds. Fails when a result does not match its schema.
 */
export async function backtest({ quick }: BenchOptions): Promise<Figures> {
  const roundMs = quick ? 100 : 500;
  const figures: Record<string, number> = {};
  for (const strategy of builtInStrategies) {
    const { name } = strategy;
    const measured = await measure(strategy, roundMs);
    figures[`${name}_first_ms`] = measured.firstMs;
    figures[`${name}_ms`] = measured.ms;
    for (const step of steps) figures[`${name}_${step}_ms`] = measured.ms * measured.shares[step];
    figures[`${name}_series_kb`] = measured.bytes / 1000;
    const peer = peers[name];
    if (peer !== undefined) figures[`${name}_indicatorts_ms`] = await measurePeer(strategy, peer, roundMs);
  }
  return figures;
}

interface Measured {
  readonly firstMs: number;
  readonly ms: number;
  /** By the clock, because processor time is told in steps of milliseconds. */
  readonly shares: Readonly<Record<Step, number>>;
  readonly bytes: number;
}

async function measure(strategy: Strategy, roundMs: number): Promise<Measured> {
  const spent = Object.fromEntries(steps.map((step) => [step, 0])) as Record<Step, number>;
  const timed: TimeStep = (name, work) => {
    const begun = performance.now();
    const value = work();
    spent[name] += performance.now() - begun;
    return value;
  };
  let bytes = 0;
  let number = 0;
  const untimed: TimeStep = (_, work) => work();
  while (number < warmUp) await execute(strategy, number++, untimed);
  const first = await roundsOf(roundMs, () => execute(strategy, number++, untimed, true));
  const times = await roundsOf(roundMs, async () => (bytes = await execute(strategy, number++, timed)));
  const whole = steps.reduce((sum, step) => sum + spent[step], 0);
  const shares = Object.fromEntries(steps.map((step) => [step, spent[step] / whole])) as Record<Step, number>;
  return { firstMs: percentile(first, 50), ms: percentile(times, 50), shares, bytes };
}

/** Milliseconds of processor for a piece of work, in each round. */
async function roundsOf(roundMs: number, work: () => unknown): Promise<number[]> {
  const times: number[] = [];
  while (times.length < rounds) {
    const before = process.threadCpuUsage();
    let count = 0;
    for (const begun = performance.now(); performance.now() - begun < roundMs; count += 1) await work();
    const { user, system } = process.threadCpuUsage(before);
    times.push((user + system) / 1000 / count);
  }
  return times;
}

type TimeStep = <Value>(name: Step, work: () => Value) => Value;

/** Runs a strategy as a worker thread does. Returns the bytes of its series. */
async function execute(strategy: Strategy, number: number, step: TimeStep, isFirst = false): Promise<number> {
  const parsed = step("parameters", () => parseParameters(strategy, parametersOf(strategy, number)));
  if (!parsed.ok) throw new Error(parsed.message);
  const { parameters } = parsed;
  const loaded = await loadTable(strategy, parameters, { load: noPrices });
  // Values cached by table belong to the table's object: a copy has none.
  const table = isFirst ? { ...loaded } : loaded;
  const run = step("backtest", () => tradeDecisions(strategy, parameters, table));
  const result = step("result", () => resultOf(strategy, parameters, table, run, null));
  const series = step("series", () => seriesOf(table, run, result));
  const text = step("json", () => JSON.stringify(result));
  const packed = step("pack", () => packSeries(series));
  const mismatch = step("check", () => resultMismatch(result, text));
  if (mismatch !== null) throw new Error(`${strategy.name}: ${mismatch}`);
  return packed.length;
}

/** No two are equal. */
function parametersOf({ name }: Strategy, number: number): object {
  const common = { cost_bps: number % 50, initial_capital: 100_000 + number };
  if (name !== "MovingAverageCrossover") return common;
  return { ...common, short_window: 5 + (number % 40), long_window: 50 + (number % 97) };
}

/** The library gives actions and gains: no costs, no metrics, no trades, no series. It has no allocation strategies. */
const peers: Readonly<Record<string, (asset: indicatorts.Asset, number: number) => indicatorts.Action[]>> = {
  MovingAverageCrossover({ closings }, number) {
    const fast = indicatorts.sma(closings, { period: 5 + (number % 40) });
    const slow = indicatorts.sma(closings, { period: 50 + (number % 97) });
    return fast.map((value, row) => (value > slow[row]! ? indicatorts.Action.BUY : indicatorts.Action.SELL));
  },
  MacdTrend: (asset) => indicatorts.macdStrategy(asset),
  RsiReversion: (asset) => indicatorts.rsi2Strategy(asset),
  BollingerReversion: (asset) => indicatorts.bbStrategy(asset),
};

async function measurePeer(strategy: Strategy, peer: (typeof peers)[string], roundMs: number): Promise<number> {
  const parsed = parseParameters(strategy, {});
  if (!parsed.ok) throw new Error(parsed.message);
  const { closes } = await loadTable(strategy, parsed.parameters, { load: noPrices });
  const [closings, none] = [Array.from(closes[0]!), [] as number[]];
  const asset = { dates: [], openings: none, closings, highs: closings, lows: closings, volumes: none };
  let number = 0;
  const times = await roundsOf(roundMs, () => {
    number += 1;
    const info = { name: strategy.name, strategy: (held: indicatorts.Asset) => peer!(held, number) };
    return indicatorts.backtest(asset, [info]);
  });
  return percentile(times, 50);
}

function noPrices(): Promise<never> {
  return Promise.reject(new Error("The bench runs on the synthetic market"));
}
