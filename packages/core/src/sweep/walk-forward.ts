import { toIsoDay } from "../market/calendar.ts";

/** A part of the period, both days included. */
export interface Window {
  readonly start_date: string;
  readonly end_date: string;
}

/** Lengths in trading days. */
export interface WalkForward {
  /** Days of training, on which parameters are chosen. */
  readonly train: number;
  /** Days of the test that follows, on which the chosen parameters are reported. */
  readonly test: number;
  /** Days from one window to the next; `test` when absent, so that the test windows touch. */
  readonly step?: number | undefined;
}

/** Parameters chosen on `train` are reported on `test`. */
export interface WalkForwardWindow {
  readonly train: Window;
  readonly test: Window;
}

/**
 * The windows of a walk-forward, oldest first: each trains on `train` days and tests on the `test` days after them; the next
 * begins `step` days later. The last test window may be shorter, but not empty. `days`: the trading days, as day numbers,
 * oldest first. Throws a RangeError for lengths that are not positive integers.
 */
export function walkForward(days: Int32Array, { train, test, step = test }: WalkForward): WalkForwardWindow[] {
  for (const length of [train, test, step]) {
    if (!(Number.isSafeInteger(length) && length >= 1)) throw new RangeError(`${length} is not a whole number of days`);
  }
  const windowOf = (first: number, last: number): Window => ({
    start_date: toIsoDay(days[first]!),
    end_date: toIsoDay(days[last]!),
  });
  const windows: WalkForwardWindow[] = [];
  for (let first = 0; first + train < days.length; first += step) {
    const [tested, last] = [first + train, Math.min(first + train + test, days.length) - 1];
    windows.push({ train: windowOf(first, tested - 1), test: windowOf(tested, last) });
    if (last === days.length - 1) break;
  }
  return windows;
}
