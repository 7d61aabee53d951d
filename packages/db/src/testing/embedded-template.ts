import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PgBoss } from "pg-boss";
import { connectDatabase } from "../connect.ts";

const cache = fileURLToPath(new URL("../../../../node_modules/.cache/strategy-executor", import.meta.url));
const migrations = fileURLToPath(new URL("../../migrations", import.meta.url));
const manifests = ["@electric-sql/pglite", "pg-boss"].map((name) =>
  fileURLToPath(new URL(`../../node_modules/${name}/package.json`, import.meta.url)),
);

/**
 * A folder with an embedded database that is new, migrated and has its queue: copying it takes a tenth of the time that making
 * one does. Made once for each state of the migrations and the libraries.
 */
export async function embeddedTemplate(): Promise<string> {
  const template = join(cache, `embedded-${await version()}`);
  if (await exists(template)) return template;
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(tmpdir(), "strategy-executor-template-"));
  const database = await connectDatabase({ dataDir: folder });
  const boss = await new PgBoss({ ...database.bossOptions, schedule: false, supervise: false }).start();
  await boss.stop({ graceful: false });
  await database[Symbol.asyncDispose]();
  const made = `${template}.${process.pid}`;
  await cp(folder, made, { recursive: true });
  await rm(folder, { recursive: true });
  // Of two runs that make it at once one comes first; both made the same.
  await rename(made, template).catch(() => rm(made, { recursive: true }));
  return template;
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
