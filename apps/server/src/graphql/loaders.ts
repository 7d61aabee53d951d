import {
  type Ctx,
  linkedDeliveryAttempts,
  linkedExecutionPages,
  linkedExecutions,
  linkedSeries,
} from "@strategy-executor/core";
import DataLoader from "dataloader";

export type Loaders = ReturnType<typeof createLoaders>;

/** Reads what links lead to: all that the elements of a list ask for together, with one statement. */
export function createLoaders(ctx: Ctx) {
  return {
    executions: together((ids: readonly number[]) => linkedExecutions(ctx, ids)),
    executionPages: together((asked: Parameters<typeof linkedExecutionPages>[1]) => linkedExecutionPages(ctx, asked)),
    attemptPages: together((asked: Parameters<typeof linkedDeliveryAttempts>[1]) => linkedDeliveryAttempts(ctx, asked)),
    series: together((executions: Parameters<typeof linkedSeries>[1]) => linkedSeries(ctx, executions)),
  };
}

const maxBatchSize = 500;

/** Remembers nothing: the context of a subscription lives on while what it shows changes. */
function together<Asked, Answer>(
  read: (asked: readonly Asked[]) => Promise<readonly Answer[]>,
): DataLoader<Asked, Exclude<Answer, Error>> {
  return new DataLoader(read as (asked: readonly Asked[]) => Promise<readonly Exclude<Answer, Error>[]>, {
    cache: false,
    maxBatchSize: maxBatchSize,
  });
}
