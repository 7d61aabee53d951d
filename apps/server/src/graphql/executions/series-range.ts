import { type Series, toInvalid } from "@strategy-executor/core";
import { z } from "zod";

export type SeriesValue = z.output<typeof Series>;

/** Which part of a series is wanted. */
export const SeriesRange = z.strictObject({
  every: z
    .int()
    .min(1)
    .default(1)
    .meta({ description: "Only every so many-th trading day, the first and the last always among them." }),
  from: z.iso.date().optional().meta({ description: "First day." }),
  to: z.iso.date().optional().meta({ description: "Last day." }),
});

/** @throws DomainError `invalid` */
export function parseSeriesRange(input: unknown): z.output<typeof SeriesRange> {
  const parsed = SeriesRange.safeParse(input);
  if (!parsed.success) throw toInvalid(parsed.error);
  return parsed.data;
}

/** The days of the range, thinned. Decisions are few and change what follows them: those of the range are all kept. */
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
  };
}
