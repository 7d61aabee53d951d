import { movingAverageCrossover, runStrategy } from "@strategy-executor/core";
import {
  crossoverPrices,
  emptyTotals,
  metricsOfTotals,
  movingAverages,
  runCrossover,
} from "@strategy-executor/core/kernels";
import * as indicatorts from "indicatorts";
import * as technicalindicators from "technicalindicators";
import type { BenchOptions, Figures } from "./bench.ts";
import { cpuSeconds } from "./measuring/cpu-seconds.ts";

const bars = 5_000;
const rounds = 5;
/** Processor time has a coarse resolution, so short work is repeated. */
const repeats = 50;
const windows = Array.from({ length: 100 }, (_, index) => 5 + index * 3);

/**
 * On one thread: the crossover kernel with all metrics per combination, compared with a trading library from npm and the plain
 * backtest; and moving averages of 100 windows by the kernel and two libraries. Interleaved, the best of five rounds each,
 * because other load can only make a round slower.
 */
export async function kernels({ quick }: BenchOptions): Promise<Figures> {
  const closes = randomWalk(bars);
  const list = Array.from(closes);
  const long = windows.filter((window) => window > 50);
  const combinations = windows.flatMap((short) =>
    windows.filter((window) => window > short).map((window) => [short, window] as const),
  );
  const few = combinations.filter((_, index) => index % (quick ? 200 : 50) === 0);
  const best = new Map<string, number>();
  const measure = (name: string, work: number, run: () => void): void => {
    best.set(name, Math.max(best.get(name) ?? 0, work / cpuSeconds(run) / 1e6));
  };
  for (let round = 0; round < rounds; round += 1) {
    measure("crossover_mbars_per_s", combinations.length * bars, () => sweepKernel(closes, combinations));
    measure("indicatorts_crossover_mbars_per_s", few.length * bars, () => sweepLibrary(list, few));
    measure("averages_mvalues_per_s", repeats * long.length * bars, () => {
      for (let time = 0; time < repeats; time += 1) movingAverages(closes, long);
    });
    measure("indicatorts_averages_mvalues_per_s", repeats * long.length * bars, () => {
      for (let time = 0; time < repeats; time += 1) for (const period of long) indicatorts.sma(list, { period });
    });
    measure("technicalindicators_averages_mvalues_per_s", long.length * bars, () => {
      for (const period of long) technicalindicators.SMA.calculate({ period, values: list });
    });
    const before = process.cpuUsage();
    for (const [short_window, long_window] of few) {
      await runStrategy(
        movingAverageCrossover,
        { short_window, long_window, start_date: "2005-11-01" },
        { load: noPrices },
      );
    }
    const { user, system } = process.cpuUsage(before);
    best.set(
      "execution_mbars_per_s",
      Math.max(best.get("execution_mbars_per_s") ?? 0, (few.length * bars) / (user + system)),
    );
  }
  const figures = Object.fromEntries(best);
  return {
    ...figures,
    crossover_to_indicatorts: figures["crossover_mbars_per_s"]! / figures["indicatorts_crossover_mbars_per_s"]!,
    crossover_to_execution: figures["crossover_mbars_per_s"]! / figures["execution_mbars_per_s"]!,
    averages_to_indicatorts: figures["averages_mvalues_per_s"]! / figures["indicatorts_averages_mvalues_per_s"]!,
    averages_to_technicalindicators:
      figures["averages_mvalues_per_s"]! / figures["technicalindicators_averages_mvalues_per_s"]!,
  };
}

function sweepKernel(closes: Float64Array, combinations: readonly (readonly [number, number])[]): void {
  const prices = crossoverPrices(closes);
  const account = { first: 0, last: bars - 1, capital: 100_000, cost: 0.0005, delay: 1 } as const;
  const outcome = emptyTotals();
  for (const [short, long] of combinations) {
    const isDone = runCrossover(prices, account, short, long, outcome);
    const metrics = metricsOfTotals(outcome, { capital: 100_000, days: bars, calendarDays: 7_000 });
    if (!isDone || metrics === null) throw new Error(`${short}/${long} was not evaluated`);
  }
}

/** The library offers two averages, actions and gains, without returns, Sharpe ratio, drawdown and costs. */
function sweepLibrary(closings: number[], combinations: readonly (readonly [number, number])[]): void {
  const none: number[] = [];
  const asset = { dates: [], openings: none, closings, highs: none, lows: none, volumes: none };
  const infos = combinations.map(([short, long]) => ({
    name: `${short}/${long}`,
    strategy: (held: indicatorts.Asset) => {
      const [fast, slow] = [
        indicatorts.sma(held.closings, { period: short }),
        indicatorts.sma(held.closings, { period: long }),
      ];
      return fast.map((value, row) => (value > slow[row]! ? indicatorts.Action.BUY : indicatorts.Action.SELL));
    },
  }));
  if (indicatorts.backtest(asset, infos).length !== infos.length) throw new Error("The library lost a strategy");
}

function noPrices(): Promise<never> {
  return Promise.reject(new Error("The bench runs on the synthetic market"));
}

/** A random walk with the drift and volatility of a stock index, the same in every run. */
function randomWalk(count: number): Float64Array {
  let [state, price] = [1, 100];
  const random = () => (state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff) / 0x7fffffff;
  return new Float64Array(count).map(() => (price *= 1.0003 + 0.02 * (random() + random() + random() - 1.5)));
}
