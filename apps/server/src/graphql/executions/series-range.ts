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
