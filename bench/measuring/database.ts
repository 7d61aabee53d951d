import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConnectOptions } from "@strategy-executor/db";
import { startPostgres } from "@strategy-executor/db/testing";

export interface BenchDatabase extends AsyncDisposable {
  readonly options: ConnectOptions;
}

/** A new database as in production: a PostgreSQL that syncs to disk, or an embedded one in a folder. */
export async function startDatabase(kind: "pglite" | "postgres"): Promise<BenchDatabase> {
  if (kind === "postgres") {
    const postgres = await startPostgres({ durable: true });
    return { options: { databaseUrl: postgres.url }, [Symbol.asyncDispose]: () => postgres[Symbol.asyncDispose]() };
  }
  const dataDir = await mkdtemp(join(tmpdir(), "strategy-executor-bench-"));
  return { options: { dataDir }, [Symbol.asyncDispose]: () => rm(dataDir, { recursive: true, force: true }) };
}
