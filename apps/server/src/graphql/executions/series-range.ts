import { type Series, SeriesRange, toInvalid } from "@strategy-executor/core";
import type { z } from "zod";

export type SeriesValue = z.output<typeof Series>;

/** @throws DomainError `invalid` */
export function parseSeriesRange(input: unknown): z.output<typeof SeriesRange> {
  const parsed = SeriesRange.safeParse(input);
  if (!parsed.success) throw toInvalid(parsed.error);
  return parsed.data;
}
