import { countUpTo, toDay, toIsoDay } from "../../market/calendar.ts";
import { drawdowns } from "../performance.ts";
import type { Series } from "../result.ts";
import type { StoredSeries } from "./open-series.ts";

/** A part of series. */
export interface SeriesCut {
  /** Keeps every n-th trading day, and always the first and the last. */
  readonly every: number;
  /** ISO days, both included. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/**
 * Cuts to the range and thins the days. All decisions of the range stay: they are few, and each affects the days after it. Unpacks only the
 * requested parts.
 */
export function cutSeries(series: StoredSeries, { every, from, to }: SeriesCut): Series {
  const isWithin = (day: string) => (from === undefined || day >= from) && (to === undefined || day <= to);
  const kept = once(() => keptRows(series.days, { every, from, to }));
  return {
    get dates() {
      return kept().map((row) => toIsoDay(series.days[row]!));
    },
    get equity() {
      return kept().map((row) => series.equity[row]!);
    },
    get drawdown() {
      const depths = drawdowns(series.equity);
      return kept().map((row) => depths[row]!);
    },
    get weights() {
      return series.decisions.filter(({ date }) => isWithin(date));
    },
    get trades() {
      return series.trades.filter(({ entry, exit }) => isWithin(entry) || (exit !== null && isWithin(exit)));
    },
  };
}

/** The rows of the days that a cut keeps. */
export function keptRows(days: Int32Array, { every, from, to }: SeriesCut): number[] {
  const [first, end] = [from === undefined ? 0 : rowOf(days, from), to === undefined ? days.length : endOf(days, to)];
  const rows: number[] = [];
  for (let row = first; row < end; row += every) rows.push(row);
  if (rows.length > 0 && rows.at(-1) !== end - 1) rows.push(end - 1);
  return rows;
}

/** The first row on that day or after it. */
function rowOf(days: Int32Array, day: string): number {
  return countUpTo(days, toDay(day) - 1);
}

/** The row after the last one up to that day. */
function endOf(days: Int32Array, day: string): number {
  return countUpTo(days, toDay(day));
}

function once<Value>(compute: () => Value): () => Value {
  let value: Value | undefined;
  return () => (value ??= compute());
}
