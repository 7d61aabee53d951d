import { sql } from "drizzle-orm";
import { textArray } from "../connection/array-literal.ts";
import type { Db } from "../connection/database.ts";
import { rowsOf } from "../connection/rows.ts";
import { MoveError } from "./move-errors.ts";
import type { Table } from "./tables.ts";

type TextRow = Record<string, string | null>;

const firstRows = 100;
const maxRows = 5_000;
const pageCharacters = 4_000_000;

/**
 * Copies the rows that the target does not have, in the order of the key and in pages of some megabytes, so that an interrupted
 * copy goes on where it ended. `onPage` gets the number of rows copied so far.
 */
export async function copyTable(source: Db, target: Db, table: Table, onPage: (rows: number) => void): Promise<void> {
  let last = await lastKey(target, table);
  let limit = firstRows;
  for (let copied = 0; ;) {
    const rows = await readPage(source, table, last, limit);
    if (rows.length === 0) return;
    await insertRows(target, table, rows);
    copied += rows.length;
    onPage(copied);
    last = table.key.map(({ column }) => rows.at(-1)![column]!);
    const characters = rows.reduce((sum, row) => sum + lengthOf(row), 0);
    limit = Math.max(1, Math.min(maxRows, Math.floor((rows.length * pageCharacters) / Math.max(characters, 1))));
  }
}

/** Copies the prices that are held, a ticker at a time: those of imports that were replaced are left behind. */
export async function copyPrices(source: Db, target: Db, onTicker: (rows: number) => void): Promise<void> {
  const tickers = rowsOf<{ ticker: string; import_id: string; rows: number }>(
    await source.execute(sql`select ticker, import_id::text, rows from price_tickers order by ticker`),
  );
  let copied = 0;
  for (const { ticker, import_id, rows } of tickers) {
    const own = sql`import_id = ${import_id}::text::bigint and ticker = ${ticker}`;
    const [held] = rowsOf<{ count: number }>(
      await target.execute(sql`select count(*)::int as count from prices where ${own}`),
    );
    if (held!.count !== rows) {
      const all = rowsOf<TextRow>(
        await source.execute(sql`
          select import_id::text, ticker, day::text, close::text, adj_close::text, open::text, high::text, low::text, volume::text
          from prices where ${own}`),
      );
      await target.transaction(async (tx) => {
        await tx.execute(sql`delete from prices where ${own}`);
        for (let from = 0; from < all.length; from += maxRows) {
          await insertRows(tx, pricesTable, all.slice(from, from + maxRows));
        }
      });
    }
    copied += rows;
    onTicker(copied);
  }
}

/** Compares number and contents of the rows. @throws MoveError when they differ */
export async function verifyTable(source: Db, target: Db, { name, columns }: Table): Promise<number> {
  const row = columns.map((column) => `"${column.name}"`).join(", ");
  // The sum does not depend on the order of the rows.
  const digest = sql.raw(
    `select count(*)::int as count, coalesce(sum(('x' || substr(md5(row(${row})::text), 1, 15))::bit(60)::bigint), 0)::text as hash ` +
      `from "${name}"${name === "prices" ? " where (ticker, import_id) in (select ticker, import_id from price_tickers)" : ""}`,
  );
  const read = async (db: Db) => rowsOf<{ count: number; hash: string }>(await db.execute(digest))[0]!;
  const [from, to] = [await read(source), await read(target)];
  if (from.count !== to.count || from.hash !== to.hash) {
    throw new MoveError(
      `The copy of ${name} differs: ${from.count} rows with digest ${from.hash}, and ${to.count} with ${to.hash}. ` +
        "Drop the database that was moved into, make it anew and repeat the command",
    );
  }
  return from.count;
}

const number = "double precision";
export const pricesTable: Table = {
  name: "prices",
  columns: [
    { name: "import_id", type: "bigint" },
    { name: "ticker", type: "text" },
    { name: "day", type: "date" },
    ...["close", "adj_close", "open", "high", "low", "volume"].map((name) => ({ name, type: number })),
  ],
  key: [],
};

async function lastKey(db: Db, { name, key }: Table): Promise<string[] | null> {
  const columns = key.map(({ column }) => `"${column}"::text`).join(", ");
  // Qualified: a bare name would be that of the text.
  const order = key.map(({ expression }) => `copied.${expression} desc`).join(", ");
  const [row] = rowsOf<TextRow>(
    await db.execute(sql.raw(`select ${columns} from "${name}" copied order by ${order} limit 1`)),
  );
  return row === undefined ? null : key.map(({ column }) => row[column]!);
}

async function readPage(
  db: Db,
  { name, columns, key }: Table,
  last: readonly string[] | null,
  limit: number,
): Promise<TextRow[]> {
  const list = columns.map((column) => `"${column.name}"::text as "${column.name}"`).join(", ");
  const order = key.map(({ expression }) => expression).join(", ");
  const after =
    last === null
      ? sql``
      : sql`where (${sql.raw(order)}) > (${sql.join(
          last.map((value, index) => sql`${value}::text::${sql.raw(key[index]!.type)}`),
          sql`, `,
        )})`;
  return rowsOf<TextRow>(
    await db.execute(sql`
      select ${sql.raw(list)} from ${sql.raw(`"${name}"`)} copied ${after}
      order by ${sql.raw(key.map(({ expression }) => `copied.${expression}`).join(", "))} limit ${limit}`),
  );
}

async function insertRows(db: Db, { name, columns }: Table, rows: readonly TextRow[]): Promise<void> {
  const names = columns.map((column) => `"${column.name}"`).join(", ");
  const values = columns.map((column) => `"${column.name}"::${column.type}`).join(", ");
  const arrays = columns.map((column) => sql`${textArray(rows.map((row) => row[column.name] ?? null))}::text::text[]`);
  await db.execute(sql`
    insert into ${sql.raw(`"${name}"`)} (${sql.raw(names)}) overriding system value
    select ${sql.raw(values)} from unnest(${sql.join(arrays, sql`, `)}) as given (${sql.raw(names)})`);
}

function lengthOf(row: TextRow): number {
  return Object.values(row).reduce((sum, value) => sum + (value?.length ?? 0), 0);
}
