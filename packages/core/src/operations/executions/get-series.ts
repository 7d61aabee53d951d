import { getExecution, getSeries as readSeries } from "@strategy-executor/db";
import { z } from "zod";
import { DomainError } from "../../common/domain-error.ts";
import { ExecutionId } from "../../engine/lifecycle/execution.ts";
import { drawdowns } from "../../backtest/performance.ts";
import { cutSeries, keptRows } from "../../backtest/series/cut-series.ts";
import { openSeries, type StoredSeries } from "../../backtest/series/open-series.ts";
import { toIsoDay } from "../../market/calendar.ts";
import { type Ctx, ensureScope, orUnavailable, ownerFor, query, toInvalid } from "../operation.ts";
import { givenDay } from "../../common/given-time.ts";
import { Series } from "../../backtest/result.ts";
import { executionNotFound } from "./get-execution.ts";

/** Selects a part of series. */
export const SeriesRange = z.strictObject({
  every: z
    .int()
    .min(1)
    .default(1)
    .meta({ description: "Return only every n-th trading day; the first and the last are always included." }),
  from: givenDay().optional().meta({ description: "First day." }),
  to: givenDay().optional().meta({ description: "Last day." }),
});

export const getSeries = query({
  name: "getSeries",
  summary: "Read the long arrays of a completed execution: equity, drawdown, weights by decision.",
  scope: "read",
  input: z.strictObject({ execution_id: ExecutionId, ...SeriesRange.shape }),
  output: Series,
  async run(ctx, { execution_id, ...range }) {
    const stored = await storedSeries(ctx, execution_id);
    const isWhole = range.every === 1 && range.from === undefined && range.to === undefined;
    return isWhole ? stored.whole() : { ...cutSeries(stored, range) };
  },
});

/**
 * The series by day as CSV with a header: date, equity, drawdown.
 * @throws DomainError as `getSeries` does
 */
export async function seriesCsv(ctx: Ctx, input: unknown): Promise<AsyncIterable<string>> {
  ensureScope(ctx, "read");
  const parsed = getSeries.input.safeParse(input);
  if (!parsed.success) throw toInvalid(parsed.error);
  const { execution_id, ...range } = parsed.data;
  const { days, equity } = await orUnavailable(ctx, "getSeries", () => storedSeries(ctx, execution_id));
  const depths = drawdowns(equity);
  const rows = keptRows(days, range);
  return (async function* () {
    yield "date,equity,drawdown\n";
    for (let from = 0; from < rows.length; from += linesInPiece) {
      const piece = rows.slice(from, from + linesInPiece);
      yield piece.map((row) => `${toIsoDay(days[row]!)},${equity[row]},${depths[row]}\n`).join("");
    }
  })();
}

const linesInPiece = 1_000;

/** @throws DomainError `not_found`, and `conflict` unless the execution is completed */
async function storedSeries(ctx: Ctx, id: number): Promise<StoredSeries> {
  const { db } = ctx.database;
  const owner = ownerFor(ctx);
  const bytes = await readSeries(db, id, owner);
  if (bytes !== null) return openSeries(bytes);
  const execution = await getExecution(db, id, owner);
  if (execution === null) throw executionNotFound(id);
  throw seriesUnavailable(id, execution.status);
}

export function seriesUnavailable(id: number, status: string): DomainError {
  return new DomainError("conflict", `Execution ${id} is ${status}: only a completed one has series`);
}
