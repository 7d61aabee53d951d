import { countUpTo, toDay } from "../market/calendar.ts";
import { maxDrawdown } from "../backtest/performance.ts";
import type { Curve } from "./curve.ts";

/** A period of days that is reported separately, both ends included. */
export interface Crisis {
  readonly from: string;
  readonly to: string;
}

/** The figures of the account in a crisis. Null where the account does not cover the whole crisis. */
export interface CrisisFigures extends Crisis {
  readonly return: number | null;
  readonly max_drawdown: number | null;
  readonly benchmark_return: number | null;
}

/** Falls of the S&P 500 since 2000 from a peak to the valley, as its closes date them. */
export const crises: readonly Crisis[] = [
  { from: "2000-03-24", to: "2002-10-09" },
  { from: "2007-10-09", to: "2009-03-09" },
  { from: "2011-07-22", to: "2011-10-03" },
  { from: "2015-08-10", to: "2016-02-11" },
  { from: "2018-09-20", to: "2018-12-24" },
  { from: "2020-02-19", to: "2020-03-23" },
  { from: "2022-01-03", to: "2022-10-12" },
];

/**
 * The figures of each crisis, between the last days at or before its first and its last. `benchmark`: values on the same
 * days, or null.
 */
export function crisisFigures(
  { days, values }: Curve,
  benchmark: Float64Array | null,
  asked: readonly Crisis[],
): CrisisFigures[] {
  return asked.map(({ from, to }) => {
    const [fromDay, toDayNumber] = [toDay(from), toDay(to)];
    if (days[0]! > fromDay || days.at(-1)! < toDayNumber) {
      return { from, to, return: null, max_drawdown: null, benchmark_return: null };
    }
    const [first, last] = [countUpTo(days, fromDay) - 1, countUpTo(days, toDayNumber) - 1];
    const gain = (curve: Float64Array): number => curve[last]! / curve[first]! - 1;
    return {
      from,
      to,
      return: gain(values),
      max_drawdown: maxDrawdown(values.subarray(first, last + 1)),
      benchmark_return: benchmark === null ? null : gain(benchmark),
    };
  });
}
