import { sql } from "drizzle-orm";
import type { Db } from "../connection/database.ts";
import { rowsOf } from "../connection/rows.ts";
import type { BoundedCount } from "./activity.ts";
import { type ExecutionFilter, idRangeOf, matchingIds } from "./execution-filter.ts";

/**
 * Counts the executions of several filters, each up to `limit`, with one statement once their ids are known to lie in a range. It reads what a
 * list of so many executions would, so the time does not grow with the number of executions that match.
 */
export async function countExecutions(
  db: Db,
  filters: readonly Omit<ExecutionFilter, "before" | "limit">[],
  limit: number,
): Promise<BoundedCount[]> {
  if (filters.length === 0) return [];
  const ranges = await Promise.all(filters.map((filter) => idRangeOf(db, filter)));
  const parts = filters.map((filter, position) => {
    const matching = matchingIds({ ...filter, limit: limit + 1 }, ranges[position]!);
    return sql`
      select ${position}::int as position, count(*) filter (where not is_stop)::int as found,
        coalesce(bool_or(is_stop), false) as stopped
      from (${matching}) as matching`;
  });
  const rows = rowsOf<CountRow>(await db.execute(sql.join(parts, sql` union all `)));
  const counts = new Map(rows.map((row) => [row.position, row]));
  return filters.map((_filter, position) => {
    const { found = 0, stopped = false } = counts.get(position) ?? {};
    const { count, more } = boundedCount(found, limit);
    // Older executions than those that the search has examined may match too.
    return { count, more: more || stopped };
  });
}

interface CountRow {
  readonly position: number;
  readonly found: number;
  readonly stopped: boolean;
}

/** A count of at most one more than the limit. */
export function boundedCount(found: number, limit: number): BoundedCount {
  return { count: Math.min(found, limit), more: found > limit };
}
