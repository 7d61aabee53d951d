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
 * Databases that are new, migrated and have their queue: copying one takes a tenth of the time that making one does.
 */

/** The folder with the embedded one. Made once for each state of the migrations and the libraries. */
export async function embeddedTemplate(): Promise<string> {
  const template = join(cache, `embedded-${await version()}`);
  if (await exists(template)) return template;
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(tmpdir(), "strategy-executor-template-"));
  await make({ dataDir: folder });
  const made = `${template}.${process.pid}`;
  await cp(folder, made, { recursive: true });
  await rm(folder, { recursive: true });
  // Of two runs that make it at once one comes first; both made the same.
  await rename(made, template).catch(() => rm(made, { recursive: true }));
  return template;
}

interface PostgresTemplate extends AsyncDisposable {
  readonly name: string;
}

/** The name of the one on this PostgreSQL, which is there until its disposal. */
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
  // While a session is on it, it cannot be copied.
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
