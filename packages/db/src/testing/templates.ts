import { createHash, randomBytes } from "node:crypto";
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PgBoss } from "pg-boss";
import postgres from "postgres";
import type { ConnectOptions } from "../connection/database.ts";
import { connectDatabase } from "../connection/connect.ts";

const cache = fileURLToPath(new URL("../../../../node_modules/.cache/strategy-executor", import.meta.url));
const migrations = fileURLToPath(new URL("../../migrations", import.meta.url));
const manifests = ["@electric-sql/pglite", "pg-boss"].map((name) =>
  fileURLToPath(new URL(`../../node_modules/${name}/package.json`, import.meta.url)),
);

/*
 * Template databases: migrated, with the queue installed. Copying one takes a tenth of the time of creating one.
 */

/** Folder of the embedded template. Created once per version of the migrations and libraries. */
export async function embeddedTemplate(): Promise<string> {
  const template = join(cache, `embedded-${await version()}`);
  if (await exists(template)) return template;
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(tmpdir(), "strategy-executor-template-"));
  await make({ dataDir: folder });
  const made = `${template}.${process.pid}`;
  await cp(folder, made, { recursive: true });
  await rm(folder, { recursive: true });
  // One of two concurrent runs renames first; both templates are equal.
  await rename(made, template).catch(() => rm(made, { recursive: true }));
  return template;
}

interface PostgresTemplate extends AsyncDisposable {
  readonly name: string;
}

/** Creates the template on this PostgreSQL. Disposal drops it. */
export async function postgresTemplate(serverUrl: string): Promise<PostgresTemplate> {
  const name = `template_${randomBytes(8).toString("hex")}`;
  const onServer = async (statement: string) => {
    const client = postgres(serverUrl, { max: 1, onnotice: () => undefined });
    await client.unsafe(statement);
    await client.end();
  };
  await onServer(`create database ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  await make({ databaseUrl: url.href });
  // A database with sessions cannot be copied.
  await onServer(`alter database ${name} with allow_connections false`);
  return { name, [Symbol.asyncDispose]: () => onServer(`drop database ${name}`) };
}

async function make(options: ConnectOptions): Promise<void> {
  await using database = await connectDatabase(options);
  const boss = await new PgBoss({ ...database.bossOptions, schedule: false, supervise: false }).start();
  await boss.stop({ graceful: false });
}
async function version(): Promise<string> {
  const hash = createHash("sha256");
  for (const file of (await readdir(migrations)).filter((name) => name.endsWith(".sql")).toSorted()) {
    hash.update(await readFile(join(migrations, file)));
  }
  for (const manifest of manifests) {
    hash.update((JSON.parse(await readFile(manifest, "utf8")) as { version: string }).version);
  }
  return hash.digest("hex").slice(0, 16);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
