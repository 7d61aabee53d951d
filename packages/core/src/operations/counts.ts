import {
  type BoundedCount,
  countExecutions,
  countRuns,
  countSchedules,
  type ExecutionFilter,
} from "@strategy-executor/db";
import { toExecutionFilter } from "./executions/execution-filter.ts";
import { listExecutions } from "./executions/list-executions.ts";
import { type Ctx, ensureScope, orUnavailable, ownerFor, toInvalid } from "./operation.ts";

/** Counting stops here, because its cost grows with the count. */
export const maxCount = 10_000;

type Reading = Pick<Ctx, "client" | "database" | "log">;
type Counted = Omit<ExecutionFilter, "owner" | "before" | "limit">;

/** The filter of a list of executions, for counting what the whole list has. @throws DomainError `invalid` */
export function toCountedFilter(input: unknown): Counted {
  const parsed = listExecutions.input.safeParse(input);
  if (!parsed.success) throw toInvalid(parsed.error);
  const { limit: _limit, cursor: _cursor, ids, receiver, ...filter } = parsed.data;
  return { ...toExecutionFilter(filter), receiver, ids: ids?.split(",").map(Number) };
}

/** Counts the executions that the client sees of each filter, with one statement. */
export function linkedExecutionCounts(ctx: Reading, filters: readonly Counted[]): Promise<BoundedCount[]> {
  return read(ctx, "linkedExecutionCounts", () => {
    const owner = ownerFor(ctx);
    return countExecutions(
      ctx.database.db,
      filters.map((filter) => ({ ...filter, owner })),
      maxCount,
    );
  });
}

/** Counts the runs of schedules that the client sees, with one statement. */
export function linkedRunCounts(ctx: Reading, scheduleIds: readonly number[]): Promise<BoundedCount[]> {
  return read(ctx, "linkedRunCounts", () => countRuns(ctx.database.db, scheduleIds, maxCount));
}

/** Counts the client's schedules. */
export function scheduleCount(ctx: Reading): Promise<BoundedCount> {
  return read(ctx, "scheduleCount", () => countSchedules(ctx.database.db, ownerFor(ctx), maxCount));
}

function read<T>(ctx: Reading, what: string, answer: () => Promise<T>): Promise<T> {
  return orUnavailable(ctx, what, async () => {
    ensureScope(ctx, "read");
    return answer();
  });
}
