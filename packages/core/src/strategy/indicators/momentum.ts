import { monthsReturn } from "../indicators.ts";
import { mean } from "./statistics.ts";

/**
 * 13612U, the momentum of Keller's later papers: (r1 + r3 + r6 + r12) / 4, the mean of four returns over months.
 * `closes`: at least 13 month-ends, oldest first; throws a RangeError for fewer.
 */
export function momentum13612U(closes: ArrayLike<number>): number {
  return averageReturn(closes, [1, 3, 6, 12]);
}

/** The mean of the returns over several numbers of months. `closes`: month-ends, oldest first, more than the longest. */
export function averageReturn(closes: ArrayLike<number>, months: readonly number[]): number {
  return months.reduce((sum, count) => sum + monthsReturn(closes, count), 0) / months.length;
}

/**
 * Faber's trend: p0 / mean(p0 .. p9) - 1 with ten months. The mean has exactly `months` prices, the current one included,
 * one fewer than Keller's relative momentum of the same number. Throws a RangeError for fewer closes.
 */
export function faberTrend(closes: ArrayLike<number>, months = 10): number {
  if (closes.length < months) throw new RangeError(`${months} closes wanted, ${closes.length} there`);
  const window = Array.from({ length: months }, (_, index) => closes[closes.length - months + index]!);
  return window.at(-1)! / mean(window) - 1;
}
