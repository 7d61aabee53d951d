import { type Series, toInvalid } from "@strategy-executor/core";
import { z } from "zod";

export type SeriesValue = z.output<typeof Series>;

/** Selects part of a series. */
export const SeriesRange = z.strictObject({
  every: z
    .int()
    .min(1)
    .default(1)
    .meta({ description: "Return only every n-th trading day; the first and the last are always included." }),
  from: z.iso.date().optional().meta({ description: "First day." }),
  to: z.iso.date().optional().meta({ description: "Last day." }),
});

/** @throws DomainError `invalid` */
export function parseSeriesRange(input: unknown): z.output<typeof SeriesRange> {
  const parsed = SeriesRange.safeParse(input);
  if (!parsed.success) throw toInvalid(parsed.error);
  return parsed.data;
}

/**
 * Cuts to the range and thins the days. All decisions of the range stay: they are few, and each changes what follows.
 */
export function cutSeries(series: SeriesValue, { every, from, to }: z.output<typeof SeriesRange>): SeriesValue {
  const isWithin = (day: string) => (from === undefined || day >= from) && (to === undefined || day <= to);
  const days = series.dates.flatMap((day, index) => (isWithin(day) ? [index] : []));
  const kept = days.filter((_index, position) => position % every === 0 || position === days.length - 1);
  const at = <T>(values: readonly T[]) => kept.map((index) => values[index] as T);
  return {
    dates: at(series.dates),
    equity: at(series.equity),
    drawdown: at(series.drawdown),
    weights: series.weights.filter(({ date }) => isWithin(date)),
    trades: (series.trades ?? []).filter(({ entry, exit }) => isWithin(entry) || (exit !== null && isWithin(exit))),
  };
}
