import { fileURLToPath } from "node:url";
import { type MigrationMeta, readMigrationFiles } from "drizzle-orm/migrator";
import type postgres from "postgres";
import { NewerSchemaError } from "./schema-errors.ts";

/** How far the schema of a database is. Migrations are numbered as their files are: the first is 0, and -1 means none. */
export interface SchemaState {
  readonly applied: number;
  readonly known: number;
}

/** The migrations of this version. */
export const migrationsFolder = fileURLToPath(new URL("../../migrations", import.meta.url));

/** @throws NewerSchemaError */
export async function schemaState(client: postgres.Sql, folder = migrationsFolder): Promise<SchemaState> {
  const migrations = readMigrationFiles({ migrationsFolder: folder });
  const known = migrations.length - 1;
  const [table] = await client`select to_regclass('drizzle.__drizzle_migrations') is not null as exists`;
  if (table?.["exists"] !== true) return { applied: -1, known };
  const [row] = await client<{ newest: string | null; count: number }[]>`
    select max(created_at)::text as newest, count(*)::int as count from drizzle.__drizzle_migrations`;
  if (row === undefined || row.newest === null) return { applied: -1, known };
  const newest = Number(row.newest);
  if (newest > migrations[known]!.folderMillis) throw new NewerSchemaError(Math.max(row.count - 1, known + 1), known);
  return { applied: migrations.findLastIndex(({ folderMillis }) => folderMillis <= newest), known };
}

/**
 * Applies the missing migrations in order, each in its own transaction. `create index concurrently` cannot run in a transaction:
 * these statements follow the others of their migration and run again after an interrupted start. The caller must hold the
 * migration lock.
 */
export async function migrate(client: postgres.Sql, folder = migrationsFolder): Promise<void> {
  const { applied } = await schemaState(client, folder);
  await client.unsafe(`create schema if not exists drizzle`);
  // As drizzle's own migrator makes it, because its tools read it.
  await client.unsafe(`
    create table if not exists drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint)`);
  for (const migration of readMigrationFiles({ migrationsFolder: folder }).slice(applied + 1)) {
    await apply(client, migration);
  }
}

async function apply(client: postgres.Sql, { sql, hash, folderMillis }: MigrationMeta): Promise<void> {
  const [concurrent, others] = partition(sql, (statement) => concurrentIndex.test(statement));
  const note = (tx: postgres.ISql) =>
    tx`insert into drizzle.__drizzle_migrations (hash, created_at) values (${hash}, ${folderMillis})`;
  if (concurrent.length === 0) {
    await client.begin(async (tx) => {
      for (const statement of others) await tx.unsafe(statement);
      await note(tx);
    });
    return;
  }
  if (others.length > 0) throw new Error("A migration that makes indexes concurrently must do nothing else");
  for (const statement of concurrent) {
    const [, name] = concurrentIndex.exec(statement)!;
    await client.unsafe(`drop index concurrently if exists "${name}"`);
    await client.unsafe(statement);
  }
  await note(client);
}

const concurrentIndex = /create\s+(?:unique\s+)?index\s+concurrently\s+"([^"]+)"/i;

function partition<T>(values: readonly T[], holds: (value: T) => boolean): [T[], T[]] {
  return [values.filter(holds), values.filter((value) => !holds(value))];
}
