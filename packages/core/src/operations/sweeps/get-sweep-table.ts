import { getSweepOutlines, readChunks, type SweepOutline } from "@strategy-executor/db";
import { z } from "zod";
import { DomainError } from "../../common/domain-error.ts";
import { ExecutionId } from "../../engine/lifecycle/execution.ts";
import { type Ctx, ensureScope, orUnavailable, ownerFor, query, toInvalid } from "../operation.ts";
import { Grid, METRICS, openGrid, readChunk } from "../../sweep/index.ts";
import { executionNotFound } from "../executions/get-execution.ts";
import { noSweep } from "./get-sweep.ts";
import { fromCursor, NextCursor, pageInput, type PageRequest } from "../page.ts";

const Cell = z.union([z.number(), z.string(), z.boolean()]).nullable();
type Cell = z.output<typeof Cell>;

const SweepTable = z
  .object({
    columns: z.array(z.string()).meta({
      description: "`combination`, the varied parameters by name, and the metrics.",
    }),
    rows: z
      .array(z.array(Cell))
      .meta({ description: "One row per combination with a result; null where a metric is undefined." }),
    next_cursor: NextCursor,
  })
  .meta({ id: "SweepTable" });
type SweepTable = z.output<typeof SweepTable>;

export const getSweepTable = query({
  name: "getSweepTable",
  summary: "Read the table of a completed sweep: its combinations and their metrics.",
  scope: "read",
  input: z.strictObject({ execution_id: ExecutionId, ...pageInput }),
  output: SweepTable,
  async run(ctx, { execution_id: executionId, limit, cursor }) {
    const [table] = await readPages(ctx, [{ executionId, limit, before: fromCursor(cursor) }]);
    if (table instanceof DomainError) throw table;
    return table!;
  },
});

type Reading = Pick<Ctx, "client" | "database" | "log">;
type TableRequest = PageRequest & { readonly executionId: number };

/**
 * Like `getSweepTable`, for many sweeps at once. One statement reads the first chunk of all of them, and one more each further chunk that a
 * page needs.
 */
export function linkedSweepTables(
  ctx: Reading,
  requests: readonly TableRequest[],
): Promise<(SweepTable | DomainError)[]> {
  return orUnavailable(ctx, "linkedSweepTables", async () => {
    ensureScope(ctx, "read");
    return readPages(ctx, requests);
  });
}

/**
 * Streams the whole table as CSV with a header, chunk by chunk. `limit` and `cursor` apply to pages only.
 * @throws DomainError as `getSweepTable` does, before the first line
 */
export async function sweepTableCsv(ctx: Ctx, input: unknown): Promise<AsyncIterable<string>> {
  ensureScope(ctx, "read");
  const parsed = getSweepTable.input.safeParse(input);
  if (!parsed.success) throw toInvalid(parsed.error);
  const { execution_id: id } = parsed.data;
  const [table] = await orUnavailable(ctx, "getSweepTable", () => openTables(ctx, [id]));
  if (table instanceof DomainError) throw table;
  const { columns, combinations, chunkSize, rowsOf } = table!;
  return (async function* () {
    yield toLine(columns);
    for (let from = 0; from < combinations; from += chunkSize) {
      const [bytes] = await readChunks(ctx.database.db, [{ executionId: id, number: from / chunkSize }]);
      // The sweep was removed meanwhile.
      if (bytes === null || bytes === undefined) throw executionNotFound(id);
      yield rowsOf(bytes, from, 0).map(toLine).join("");
    }
  })();
}

async function readPages(ctx: Reading, requests: readonly TableRequest[]): Promise<(SweepTable | DomainError)[]> {
  const ids = requests.map(({ executionId }) => executionId);
  const tables = await openTables(ctx, ids);
  const pages = requests.map(({ executionId, limit, before: first = 0 }, index) => {
    const table = tables[index]!;
    if (table instanceof DomainError) return table;
    const rows: Cell[][] = [];
    return { executionId, limit, first, table, rows, from: first - (first % table.chunkSize), isRemoved: false };
  });
  const found = pages.flatMap((page) => (page instanceof DomainError ? [] : [page]));
  // One row more than requested tells whether there is a next page.
  const isOpen = ({ rows, limit, from, table, isRemoved }: (typeof found)[number]) =>
    !isRemoved && rows.length <= limit && from < table.combinations;
  for (let open = found.filter(isOpen); open.length > 0; open = open.filter(isOpen)) {
    const keys = open.map(({ executionId, from, table }) => ({ executionId, number: from / table.chunkSize }));
    const chunks = await readChunks(ctx.database.db, keys);
    open.forEach((page, index) => {
      const { rows, limit, table, from, first } = page;
      const bytes = chunks[index] ?? null;
      if (bytes === null) page.isRemoved = true;
      else rows.push(...table.rowsOf(bytes, from, first).slice(0, limit + 1 - rows.length));
      page.from += table.chunkSize;
    });
  }
  return pages.map((page) => {
    if (page instanceof DomainError) return page;
    const { executionId, rows, limit, table, isRemoved } = page;
    if (isRemoved) return executionNotFound(executionId);
    const next = rows[limit]?.[0];
    return {
      columns: table.columns,
      rows: rows.slice(0, limit),
      next_cursor: next === undefined ? null : String(next),
    };
  });
}

interface Table {
  readonly columns: string[];
  readonly combinations: number;
  readonly chunkSize: number;
  /** The rows of a chunk that begins with the combination `from`, without those before `first`. */
  rowsOf(bytes: Uint8Array, from: number, first: number): Cell[][];
}

/** The tables in the given order: instead of one that the client cannot read the error `not_found`, or `conflict` until it is completed. */
async function openTables(ctx: Reading, ids: readonly number[]): Promise<(Table | DomainError)[]> {
  const outlines = await getSweepOutlines(ctx.database.db, ids, ownerFor(ctx));
  const byId = new Map(outlines.map((outline) => [outline.executionId, outline]));
  return Promise.all(
    ids.map(async (id) => {
      const outline = byId.get(id);
      return outline === undefined ? noSweep(ctx, id) : openTable(outline);
    }),
  );
}

function openTable({
  executionId: id,
  status,
  grid: gridSpec,
  combinations,
  chunkSize,
}: SweepOutline): Table | DomainError {
  if (status !== "completed") {
    return new DomainError("conflict", `Sweep ${id} is ${status}: only a completed one has a table`);
  }
  const grid = openGrid(Grid.parse(gridSpec));
  return {
    columns: ["combination", ...grid.names, ...METRICS],
    combinations,
    chunkSize,
    rowsOf(bytes, from, first) {
      const { table } = readChunk(bytes, Math.min(chunkSize, combinations - from));
      const rows: Cell[][] = [];
      for (let row = Math.max(first - from, 0); row < table.length / METRICS.length; row += 1) {
        const metrics = table.subarray(row * METRICS.length, (row + 1) * METRICS.length);
        if (metrics.every(Number.isNaN)) continue;
        const combination = grid.combinationAt(from + row);
        const cells: Cell[] = [from + row, ...grid.names.map((name) => combination[name]!)];
        for (const metric of metrics) cells.push(Number.isFinite(metric) ? metric : null);
        rows.push(cells);
      }
      return rows;
    },
  };
}

function toLine(cells: readonly Cell[]): string {
  return `${cells.map(toField).join(",")}\n`;
}

function toField(cell: Cell): string {
  if (cell === null) return "";
  const text = String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
