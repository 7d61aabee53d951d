import { type BarColumn, barColumns } from "../../market/bars.ts";
import type { DailyBar } from "../providers/price-provider.ts";

/**
 * Why fetched prices must not replace the stored ones, or undefined if they may: they have all stored days and columns, and the
 * closes as they were traded are the same but for rounding. Where no such closes are known, the adjusted ones may differ by one
 * factor, which a dividend after the last stored day makes.
 * @param stored by ascending days
 */
export function refusalOf(stored: readonly DailyBar[], fetched: readonly DailyBar[]): string | undefined {
  const byDay = new Map(fetched.map((bar) => [bar.day, bar]));
  const missing = stored.filter(({ day }) => !byDay.has(day));
  if (missing.length > 0) {
    const count = missing.length === 1 ? "a stored day" : `${missing.length} stored days`;
    return `${count} would be lost: ${daysOf(missing)}`;
  }
  const lost = columnsOf(stored).filter((column) => !columnsOf(fetched).includes(column));
  if (lost.length > 0) return `${lost.join(", ")} would be lost, which the provider does not have`;
  return disagreement(stored.map((before) => [before, byDay.get(before.day)!]));
}

const maxNamed = 3;
/** Some round to cents. */
const halfCent = 0.005;
/** Relative: providers keep prices as 32-bit numbers. */
const rounding = 1e-6;
/** Adjusted closes are rounded to cents by some, which of an early close of one dollar is a hundredth. */
const factorRounding = 0.02;

type Pair = readonly [before: DailyBar, after: DailyBar];

function disagreement(pairs: readonly Pair[]): string | undefined {
  const traded = pairs.flatMap(([before, after]): (readonly [string, number, number])[] =>
    before.close === null || after.close === null ? [] : [[before.day, before.close, after.close]],
  );
  if (traded.length === 0) return adjustedDisagreement(pairs);
  const other = traded.filter(([, before, after]) => Math.abs(after - before) > halfCent + rounding * before);
  const [first] = other;
  if (first === undefined) return undefined;
  const [day, before, after] = first;
  const count = other.length === 1 ? "a stored close" : `${other.length} stored closes`;
  return `${count} would change: ${before} to ${after} on ${day}${isSplit(other, traded.length) ? ", as by a split. Load the ticker anew" : ""}`;
}

/** All closes of the past changed by one whole ratio. */
function isSplit(other: readonly (readonly [string, number, number])[], all: number): boolean {
  const ratios = other.map(([, before, after]) => Math.max(before, after) / Math.min(before, after));
  const [first = 1] = ratios;
  return other.length === all && first > 1.1 && ratios.every((ratio) => Math.abs(ratio / first - 1) < 1e-3);
}

function adjustedDisagreement(pairs: readonly Pair[]): string | undefined {
  const [last] = pairs.toReversed();
  if (last === undefined) return undefined;
  const factor = last[1].adjClose / last[0].adjClose;
  const other = pairs.find(
    ([before, after]) => Math.abs(after.adjClose / before.adjClose / factor - 1) > factorRounding,
  );
  if (other === undefined) return undefined;
  const [before, after] = other;
  return `the adjusted closes disagree: ${before.adjClose} and ${after.adjClose} on ${before.day}`;
}

function columnsOf(bars: readonly DailyBar[]): BarColumn[] {
  return barColumns.filter((column) => bars.some((bar) => bar[column] !== undefined));
}

function daysOf(bars: readonly DailyBar[]): string {
  const named = bars.slice(0, maxNamed).map(({ day }) => day);
  return named.join(", ") + (bars.length > maxNamed ? ", …" : "");
}
