import { getExecution, getSeries as readSeries } from "@strategy-executor/db";
import { z } from "zod";
import { DomainError } from "../../common/domain-error.ts";
import { ExecutionId } from "../../engine/lifecycle/execution.ts";
import { ownerFor, query } from "../operation.ts";
import { Series } from "../../backtest/result.ts";
import { executionNotFound } from "./get-execution.ts";

export const getSeries = query({
  name: "getSeries",
  summary: "Read the long arrays of a completed execution: equity, drawdown, weights by decision.",
  scope: "read",
  input: z.strictObject({ execution_id: ExecutionId }),
  output: Series,
  async run(ctx, { execution_id }) {
    const { db } = ctx.database;
    const owner = ownerFor(ctx);
    const series = await readSeries(db, execution_id, owner);
    if (series !== null) return series as Series;
    const execution = await getExecution(db, execution_id, owner);
    if (execution === null) throw executionNotFound(execution_id);
    throw seriesUnavailable(execution_id, execution.status);
  },
});

export function seriesUnavailable(id: number, status: string): DomainError {
  return new DomainError("conflict", `Execution ${id} is ${status}: only a completed one has series`);
}
