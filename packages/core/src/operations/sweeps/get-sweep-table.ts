import { getSweeps, readChunk as readChunkBytes } from "@strategy-executor/db";
import { z } from "zod";
import { DomainError } from "../../common/domain-error.ts";
import { ExecutionId } from "../../engine/lifecycle/execution.ts";
import { type Ctx, ensureScope, orUnavailable, ownerFor, query, toInvalid } from "../operation.ts";
import { METRICS, openGrid, readChunk } from "../../sweep/index.ts";
import { findSweep } from "./get-sweep.ts";
import { fromCursor, NextCursor, pageInput } from "../page.ts";

const Cell = z.union([z.number(), z.string(), z.boolean()]).nullable();
type Cell = z.output<typeof Cell>;

export const getSweepTable = query({
  name: "getSweepTable",
  summary: "Read the table of a completed sweep: its combinations and their metrics.",
  scope: "read",
  input: z.strictObject({ execution_id: ExecutionId, ...pageInput }),
  output: z
    .object({
      columns: z.array(z.string()).meta({
        description: "`combination`, the varied parameters by name, and the metrics.",
      }),
      rows: z
        .array(z.array(Cell))
        .meta({ description: "One row per combination with a result; null where a metric is undefined." }),
      next_cursor: NextCursor,
    })
    .meta({ id: "SweepTable" }),
  async run(ctx, { execution_id, limit, cursor }) {
    const { columns, read } = await openTable(ctx, execution_id);
    const rows: Cell[][] = [];
    for await (const chunk of read(fromCursor(cursor) ?? 0)) {
      rows.push(...chunk.slice(0, limit + 1 - rows.length));
      if (rows.length > limit) break;
    }
    const next = rows[limit]?.[0];
    return { columns, rows: rows.slice(0, limit), next_cursor: next === undefined ? null : String(next) };
  },
});

/**
 * Streams the whole table as CSV with a header, chunk by chunk. `limit` and `cursor` apply to pages only.
 * @throws DomainError as `getSweepTable` does, before the first line
 */
export async function sweepTableCsv(ctx: Ctx, input: unknown): Promise<AsyncIterable<string>> {
  ensureScope(ctx, "read");
  const parsed = getSweepTable.input.safeParse(input);
  if (!parsed.success) throw toInvalid(parsed.error);
  const { execution_id } = parsed.data;
  const { columns, read } = await orUnavailable(ctx, "getSweepTable", () => openTable(ctx, execution_id));
  return (async function* () {
    yield toLine(columns);
    for await (const rows of read(0)) yield rows.map(toLine).join("");
  })();
}

/** @throws DomainError `not_found`, and `conflict` unless the sweep is completed */
async function openTable(ctx: Ctx, id: number) {
  const { status, grid: gridSpec } = await findSweep(ctx, id);
  if (status !== "completed") {
    throw new DomainError("conflict", `Sweep ${id} is ${status}: only a completed one has a table`);
  }
  const { db } = ctx.database;
  const [sweep] = await getSweeps(db, [id], ownerFor(ctx));
  const grid = openGrid(gridSpec);
  const { combinations, chunkSize } = sweep!;

  /** Yields the rows from a combination on, chunk by chunk. */
  async function* read(first: number): AsyncGenerator<Cell[][]> {
    for (let from = first - (first % chunkSize); from < combinations; from += chunkSize) {
      const bytes = await readChunkBytes(db, id, from / chunkSize);
      // The sweep was removed meanwhile.
      if (bytes === null) throw new DomainError("not_found", `There is no execution ${id}`);
      const count = Math.min(chunkSize, combinations - from);
      yield rowsOf(readChunk(bytes, count).table, from, Math.max(first - from, 0));
    }
  }

  function rowsOf(table: Float64Array, from: number, skipped: number): Cell[][] {
    const rows: Cell[][] = [];
    for (let row = skipped; row < table.length / METRICS.length; row += 1) {
      const metrics = table.subarray(row * METRICS.length, (row + 1) * METRICS.length);
      if (metrics.every(Number.isNaN)) continue;
      const combination = grid.combinationAt(from + row);
      const cells: Cell[] = [from + row, ...grid.names.map((name) => combination[name]!)];
      for (const metric of metrics) cells.push(Number.isFinite(metric) ? metric : null);
      rows.push(cells);
    }
    return rows;
  }

  return { columns: ["combination", ...grid.names, ...METRICS], read };
}

function toLine(cells: readonly Cell[]): string {
  return `${cells.map(toField).join(",")}\n`;
}

function toField(cell: Cell): string {
  if (cell === null) return "";
  const text = String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
