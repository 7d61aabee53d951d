import { sql } from "drizzle-orm";
import postgres from "postgres";
import { setOnConnect } from "../connection/session-settings.ts";
import type { Database, Db } from "../connection/database.ts";
import { toDb } from "../connection/postgres-client.ts";
import { rowsOf } from "../connection/rows.ts";
import { adoptFeedEpoch } from "../migration/feed-epoch.ts";
import { lockSchemaAlone } from "../migration/hold-schema.ts";
import { copyPrices, copyTable, pricesTable, verifyTable } from "./copy-table.ts";
import { MoveError } from "./move-errors.ts";
import { copiedTables, type Table } from "./tables.ts";

export interface CopiedTable {
  readonly table: string;
  readonly rows: number;
}

export interface CopyOptions {
  /** Called while a table is copied. */
  readonly onProgress?: (progress: CopiedTable) => void;
}

/**
 * Copies an embedded database into an empty PostgreSQL, except for the queue, and compares number and contents of the rows of
 * every table. An interrupted copy goes on where it ended. Until `endMove` no process starts on the copy.
 * @throws MoveError, SchemaInUseError
 */
export async function copyDatabase(source: Database, url: string, { onProgress }: CopyOptions): Promise<CopiedTable[]> {
  const client = postgres(url, {
    max: 1,
    max_lifetime: null,
    fetch_types: false,
    onnotice: () => undefined,
    ...setOnConnect({ ...textSettings, statement_timeout: 0, idle_in_transaction_session_timeout: 0 }),
  } as postgres.Options<{}>);
  await using stack = new AsyncDisposableStack();
  stack.defer(() => client.end({ timeout: 5 }));
  await lockSchemaAlone(client);
  const target = toDb(client, new Set(), false);
  for (const [name, value] of Object.entries(textSettings)) {
    await source.db.execute(sql.raw(`set ${name} = '${value}'`));
  }
  const tables = await copiedTables(source.db);
  const isCopied = await beginMove(source.db, target, tables);
  const report: CopiedTable[] = [];
  if (!isCopied) {
    for (const table of tables) {
      await copyTable(source.db, target, table, (rows) => onProgress?.({ table: table.name, rows }));
    }
    await copyPrices(source.db, target, (rows) => onProgress?.({ table: "prices", rows }));
    await copySequences(source.db, target);
  }
  for (const table of [...tables, pricesTable]) {
    // Once it was compared, the feed's epoch may have begun, which renumbers events.
    const rows = isCopied ? await countOf(target, table) : await verifyTable(source.db, target, table);
    report.push({ table: table.name, rows });
  }
  await adoptFeedEpoch(client, source.feedEpoch);
  await target.execute(sql`update unfinished_move set is_copied = true`);
  return report;
}

/** Lets processes start on the copy. Takes place with the last write, in its transaction. */
export async function endMove(db: Db): Promise<void> {
  await db.execute(sql`drop table unfinished_move`);
}

/** How values become text, which must be the same on both sides. */
const textSettings = {
  timezone: "UTC",
  datestyle: "ISO",
  intervalstyle: "postgres",
  bytea_output: "hex",
  extra_float_digits: "1",
};

/** Returns whether an earlier run has copied and compared everything. @throws MoveError when the target holds something else */
async function beginMove(source: Db, target: Db, tables: readonly Table[]): Promise<boolean> {
  const [from] = rowsOf<{ origin: string }>(await source.execute(sql`select origin from feed_epoch`));
  const [found] = rowsOf<{ exists: boolean }>(
    await target.execute(sql`select to_regclass('public.unfinished_move') is not null as exists`),
  );
  if (found!.exists) {
    const [move] = rowsOf<{ origin: string; is_copied: boolean }>(
      await target.execute(sql`select origin, is_copied from unfinished_move`),
    );
    if (move !== undefined && move.origin !== from!.origin) {
      throw new MoveError("Another embedded database is being moved into this PostgreSQL: use an empty one");
    }
    if (move !== undefined) return move.is_copied;
  }
  for (const { name } of tables) {
    const rows = rowsOf(await target.execute(sql.raw(`select 1 as one from "${name}" limit 1`)));
    if (rows.length > 0) {
      throw new MoveError(`The PostgreSQL to move into is not empty: there are rows in ${name}. Use an empty one`);
    }
  }
  await target.transaction(async (tx) => {
    await tx.execute(
      sql`create table if not exists unfinished_move (origin text not null, is_copied boolean not null)`,
    );
    await tx.execute(sql`insert into unfinished_move values (${from!.origin}, false)`);
  });
  return false;
}

/** So that no number is given out again, also not one whose row was removed. */
async function copySequences(source: Db, target: Db): Promise<void> {
  const sequences = rowsOf<{ name: string; last: string | null }>(
    await source.execute(
      sql`select sequencename as name, last_value::text as last from pg_sequences where schemaname = 'public'`,
    ),
  );
  for (const { name, last } of sequences) {
    if (last !== null)
      await target.execute(sql`select setval(${`public."${name}"`}::text::regclass, ${last}::text::bigint)`);
  }
}

async function countOf(db: Db, { name }: Table): Promise<number> {
  const rows = rowsOf<{ count: number }>(await db.execute(sql.raw(`select count(*)::int as count from "${name}"`)));
  return rows[0]!.count;
}
