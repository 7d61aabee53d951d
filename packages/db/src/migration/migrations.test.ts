import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import postgres from "postgres";
import { expect, it } from "vitest";
import { connectDatabase } from "../connection/connect.ts";
import { createEmptyDatabase, createTestDatabase, describeDatabases, recordedMigrations } from "../testing/index.ts";
import { migrate, migrationsFolder, schemaState } from "./migrations.ts";

describeDatabases("a database with a newer schema", (create) => {
  it("is refused in one line that names both versions, and stays as it is", async () => {
    await using test = await create();
    const known = (await migrationsIn(migrationsFolder)).length - 1;
    {
      await using database = await connectDatabase(test.options);
      await database.db.execute(sql`
        insert into drizzle.__drizzle_migrations (hash, created_at)
        select 'later', max(created_at) + 1 from drizzle.__drizzle_migrations`);
    }
    const message = `The database is of a newer version (migration ${known + 1}, this one knows ${known})`;
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await expect(connectDatabase(test.options)).rejects.toMatchObject({ name: "NewerSchemaError", message });
    }
  });
});

it("migrations wait for processes that use the schema, and name them when they stay", async () => {
  await using test = await createEmptyDatabase("postgres");
  const url = test.options.databaseUrl!;
  const old = postgres(url, { max: 1, connection: { application_name: "strategy-executor web-1/7" } });
  await migrate(old, recordedMigrations);
  await old`select pg_advisory_lock_shared(hashtext('strategy-executor migrations'))`;
  const refusal = await connectDatabase({ ...test.options, schemaWaitMs: 300 }).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ name: "SchemaInUseError" });
  expect(String(refusal)).toMatch(
    new RegExp(
      `must be brought from migration 10 to \\d+, but other processes use it: ` +
        `strategy-executor web-1/7 from 127\\.0\\.0\\.1 since [-\\d]+ [:\\d]+ UTC \\(session \\d+\\)\\. End them first`,
    ),
  );
  const starting = connectDatabase({ ...test.options, schemaWaitMs: 60_000 });
  await old.end();
  await using database = await starting;
  // A process of the same version may start beside it.
  await using _second = await connectDatabase(test.options);
  const client = postgres(url, { max: 1 });
  expect(await schemaState(client)).toEqual({ applied: expect.any(Number), known: expect.any(Number) });
  await client.end();
  expect(database.kind).toBe("postgres");
});

it("the lock on the schema is taken again when its session ends", async () => {
  await using test = await createTestDatabase("postgres");
  await using _database = await connectDatabase(test.options);
  const client = postgres(test.options.databaseUrl!, { max: 1 });
  const holders = async () =>
    (
      await client<{ pid: number }[]>`select pid from pg_locks where locktype = 'advisory' and mode = 'ShareLock'
      and database = (select oid from pg_database where datname = current_database())`
    ).map(({ pid }) => pid);
  const [first] = await holders();
  await client`select pg_terminate_backend(${first!})`;
  await expect.poll(async () => (await holders()).filter((pid) => pid !== first).length).toBe(1);
  await client.end();
});

it("indexes are made concurrently outside a transaction, and anew after a start that was interrupted", async () => {
  await using test = await createEmptyDatabase("postgres");
  const folder = await mkdtemp(join(tmpdir(), "strategy-executor-migrations-"));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rm(folder, { recursive: true }));
  const client = postgres(test.options.databaseUrl!, { max: 1, onnotice: () => undefined });
  stack.defer(() => client.end());
  await cp(recordedMigrations, folder, { recursive: true });
  await migrate(client, folder);
  await addMigration(folder, "0011_by-version", `CREATE INDEX CONCURRENTLY "by_version" ON "executions" ("version");`);
  // What an interrupted start leaves is an index of that name that is not valid.
  await client.unsafe(`create index by_version on executions (strategy)`);
  await migrate(client, folder);
  const [index] = await client`
    select indisvalid as valid, pg_get_indexdef(indexrelid) as definition from pg_index where indexrelid = 'by_version'::regclass`;
  expect(index).toMatchObject({ valid: true, definition: expect.stringContaining("(version)") });
  expect(await schemaState(client, folder)).toEqual({ applied: 11, known: 11 });
});

it("indexes of tables that may be large are made concurrently", async () => {
  const large = ["executions", "execution_events", "execution_series", "callbacks", "delivery_attempts", "prices"];
  const plain = new RegExp(`create (?:unique )?index "[^"]+" on "(?:${large.join("|")})"`, "i");
  const later = (await migrationsIn(migrationsFolder)).slice(firstGuardedMigration);
  for (const name of later) {
    const statements = await readFile(join(migrationsFolder, name), "utf8");
    expect({ name, index: plain.exec(statements)?.[0] }).toEqual({ name, index: undefined });
  }
});

/** Earlier ones were applied before this rule. */
const firstGuardedMigration = 16;

async function migrationsIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.endsWith(".sql")).toSorted();
}

async function addMigration(folder: string, tag: string, statements: string): Promise<void> {
  const path = join(folder, "meta", "_journal.json");
  const journal = JSON.parse(await readFile(path, "utf8")) as { entries: { idx: number; when: number; tag: string }[] };
  const last = journal.entries.at(-1)!;
  journal.entries.push({ ...last, idx: last.idx + 1, when: last.when + 1, tag });
  await writeFile(path, JSON.stringify(journal));
  await writeFile(join(folder, `${tag}.sql`), statements);
}
