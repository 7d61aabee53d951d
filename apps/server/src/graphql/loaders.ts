import {
  type Ctx,
  linkedDeliveryAttempts,
  linkedExecutionAttempts,
  linkedExecutionCounts,
  linkedExecutionPages,
  linkedExecutions,
  linkedRunCounts,
  linkedSchedules,
  linkedSeries,
  linkedSweepTables,
} from "@strategy-executor/core";
import DataLoader from "dataloader";

export type Loaders = ReturnType<typeof createLoaders>;

/** Loads linked objects: one statement for all elements of a list. */
export function createLoaders(ctx: Ctx) {
  return {
    executions: together((ids: readonly number[]) => linkedExecutions(ctx, ids)),
    executionPages: together((asked: Parameters<typeof linkedExecutionPages>[1]) => linkedExecutionPages(ctx, asked)),
    executionCounts: together((filters: Parameters<typeof linkedExecutionCounts>[1]) =>
      linkedExecutionCounts(ctx, filters),
    ),
    schedules: together((ids: readonly number[]) => linkedSchedules(ctx, ids)),
    runCounts: together((ids: readonly number[]) => linkedRunCounts(ctx, ids)),
    attemptPages: together((asked: Parameters<typeof linkedDeliveryAttempts>[1]) => linkedDeliveryAttempts(ctx, asked)),
    runAttemptPages: together((asked: Parameters<typeof linkedExecutionAttempts>[1]) =>
      linkedExecutionAttempts(ctx, asked),
    ),
    sweepTables: together((asked: Parameters<typeof linkedSweepTables>[1]) => linkedSweepTables(ctx, asked)),
    series: together((executions: Parameters<typeof linkedSeries>[1]) => linkedSeries(ctx, executions)),
  };
}

const maxBatchSize = 500;

/** Without a cache: the context of a subscription outlives the state it shows. */
function together<Asked, Answer>(
  read: (asked: readonly Asked[]) => Promise<readonly Answer[]>,
): DataLoader<Asked, Exclude<Answer, Error>> {
  return new DataLoader(read as (asked: readonly Asked[]) => Promise<readonly Exclude<Answer, Error>[]>, {
    cache: false,
    maxBatchSize: maxBatchSize,
  });
}
