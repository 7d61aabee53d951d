import { z } from "zod";
import { DomainError } from "../common/domain-error.ts";
import { toInvalid } from "./operation.ts";

/** Input fields of every paginated list. */
export const pageInput = {
  limit: z.int().min(1).max(500).default(50).meta({ description: "Maximum number of items of the page." }),
  cursor: z.string().optional().meta({ description: "`next_cursor` of the previous page." }),
};

export const NextCursor = z.string().nullable().meta({ description: "Cursor of the next page; null on the last one." });

/** The key that the page continues after, or undefined for the first page. @throws DomainError for an invalid cursor */
export function fromCursor(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  const before = /^[1-9]\d*$/.test(cursor) ? Number(cursor) : Number.NaN;
  if (Number.isSafeInteger(before)) return before;
  const message = "is not a cursor of this list";
  throw new DomainError("invalid", `cursor: ${message}`, [{ path: "cursor", message }]);
}

/** The requested page of a list. */
export interface PageRequest {
  /** The key that the page continues after; undefined for the first page. */
  readonly before: number | undefined;
  readonly limit: number;
}

/** Reads `limit` and `cursor`. @throws DomainError `invalid` */
export function parsePage(input: unknown): PageRequest {
  const parsed = z.strictObject(pageInput).safeParse(input);
  if (!parsed.success) throw toInvalid(parsed.error);
  return { before: fromCursor(parsed.data.cursor), limit: parsed.data.limit };
}

export interface Page<T> {
  readonly page: readonly T[];
  readonly next_cursor: string | null;
}

/**
 * Splits a list that was read with `limit + 1` elements into a page and the cursor of the next. `stoppedAt` is the key at which the
 * search for more elements stopped, if it did.
 */
export function toPage<T>(
  read: readonly T[],
  limit: number,
  keyOf: (last: T) => number,
  stoppedAt: number | null = null,
): Page<T> {
  const page = read.slice(0, limit);
  const last = page.at(-1);
  const next = read.length > limit && last !== undefined ? keyOf(last) : stoppedAt;
  return { page, next_cursor: next === null ? null : String(next) };
}
