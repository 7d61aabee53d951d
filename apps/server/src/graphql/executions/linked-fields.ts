import { SeriesRange, toStrategyDescription } from "@strategy-executor/core";
import { cutSeries } from "@strategy-executor/core/series";
import { builder } from "../builder.ts";
import { DeliveryAttemptConnection } from "../callbacks/delivery.ts";
import { ExecutionConnection, executionCursor, ExecutionRef, StatusRef } from "./execution.ts";
import { argumentsOf } from "../mapping/input-of.ts";
import { toInput } from "../mapping/to-input.ts";
import { pageArgs, pageCost, toConnection, toPageRequest } from "../pagination.ts";
import { parseSeriesRange } from "./series-range.ts";
import { SeriesRef } from "./series.ts";
import { StrategyRef } from "../strategies/strategy.ts";

/* Fields that link one type to another. The links of all elements of a list are read together. */

builder.objectFields(ExecutionRef, (t) => ({
  strategyDetails: t.field({
    type: StrategyRef,
    nullable: true,
    description: "The current catalogue entry; null when the strategy no longer exists.",
    resolve: ({ strategy: name }, _args, { ctx }) => {
      const strategy = ctx.strategies.get(name);
      return strategy === undefined ? null : toStrategyDescription(strategy);
    },
  }),
  deliveryAttempts: t.field({
    type: DeliveryAttemptConnection,
    description: "The attempts to deliver its callback, newest first.",
    args: pageArgs,
    complexity: pageCost,
    resolve: async ({ execution_id: executionId }, args, { loaders }) => {
      const page = await loaders.attemptPages.load({ executionId, ...toPageRequest(args) });
      return toConnection(page, args, ({ number }) => String(number));
    },
  }),
  series: t.field({
    type: SeriesRef,
    description: "The long arrays of its result; refused unless it is completed.",
    errors: {},
    args: argumentsOf(SeriesRange),
    complexity: 100,
    resolve: async (execution, args, { loaders }) => {
      const range = parseSeriesRange(toInput(SeriesRange, args));
      return cutSeries(await loaders.series.load(execution), range);
    },
  }),
}));

builder.objectFields(StrategyRef, (t) => ({
  executions: t.field({
    type: ExecutionConnection,
    description: "Its executions, newest first.",
    args: { ...pageArgs, status: t.arg({ type: StatusRef, description: "Only executions in this state." }) },
    complexity: pageCost,
    resolve: async ({ name: strategy }, { status, ...args }, { loaders }) => {
      const asked = { strategy, status: status ?? undefined, ...toPageRequest(args) };
      const count = () => loaders.executionCounts.load({ strategy, statuses: status ? [status] : undefined });
      return toConnection(await loaders.executionPages.load(asked), args, executionCursor, count);
    },
  }),
}));
