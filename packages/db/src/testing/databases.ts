import { randomBytes } from "node:crypto";
import { cpSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { describe, inject } from "vitest";
import type { ConnectOptions } from "../connection/database.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** URL of a real PostgreSQL on which tests may create databases. */
    postgresUrl: string;
    /** Template database on that PostgreSQL. */
    postgresTemplate: string;
    /** Template folder for embedded databases. */
    embeddedTemplate: string;
    /** On which databases the suites of `describeDatabases` run. */
    databases: readonly DatabaseKind[];
  }
}

export type DatabaseKind = "pglite" | "postgres";

export interface TestDatabase extends AsyncDisposable {
  readonly kind: DatabaseKind;
  /** Options for `connectDatabase`, in this process or another. */
  readonly options: ConnectOptions;
  /** Counts the sessions of all processes; 0 for the embedded database. */
  sessions(): Promise<number>;
}

/** Runs the suite on each database of this run: see `databases` in vitest.config.ts. */
export function describeDatabases(
  name: string,
  suite: (create: () => Promise<TestDatabase>, kind: DatabaseKind) => void,
): void {
  describe.each(inject("databases"))(`${name} on %s`, (kind) => {
    suite(() => createTestDatabase(kind), kind);
  });
}

/**
 * Creates a database with empty tables: of the given kind, or of the first kind of this run where a test means any database.
 * Disposal removes it.
 */
export async function createTestDatabase(kind: DatabaseKind = inject("databases")[0]!): Promise<TestDatabase> {
  return kind === "pglite" ? createEmbedded(inject("embeddedTemplate")) : createOnPostgres(inject("postgresTemplate"));
}

/** Creates a database without tables, as at the first start of the service. */
export async function createEmptyDatabase(kind: DatabaseKind): Promise<TestDatabase> {
  return kind === "pglite" ? createEmbedded(null) : createOnPostgres(null);
}

async function createEmbedded(template: string | null): Promise<TestDatabase> {
  const dataDir = await mkdtemp(join(tmpdir(), "strategy-executor-data-"));
  // For a thousand small files the synchronous copy costs a third of the asynchronous one.
  if (template !== null) cpSync(template, dataDir, { recursive: true });
  return {
    kind: "pglite",
    options: { dataDir },
    sessions: async () => 0,
    [Symbol.asyncDispose]: () => rm(dataDir, { recursive: true, force: true }),
  };
}

async function createOnPostgres(template: string | null): Promise<TestDatabase> {
  const serverUrl = inject("postgresUrl");
  const name = `test_${randomBytes(8).toString("hex")}`;
  const onServer = async (statement: string) => {
    const client = postgres(serverUrl, { max: 1, onnotice: () => undefined });
    const rows = await client.unsafe(statement);
    await client.end();
    return rows;
  };
  await onServer(`create database ${name}${template === null ? "" : ` template ${template}`}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return {
    kind: "postgres",
    options: { databaseUrl: url.href },
    async sessions() {
      const [row] = await onServer(`select count(*)::int as count from pg_stat_activity where datname = '${name}'`);
      return row?.["count"] as number;
    },
    async [Symbol.asyncDispose]() {
      await onServer(`drop database ${name} with (force)`);
    },
  };
}
