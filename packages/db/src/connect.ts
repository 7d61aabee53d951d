import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { PGlite } from "@electric-sql/pglite";
import { type Logger, sql } from "drizzle-orm";
import type { PgDatabase, PgQueryResultHKT } from "drizzle-orm/pg-core";
import { drizzle as drizzlePglite } from "drizzle-orm/pglite";
import { migrate as migratePglite } from "drizzle-orm/pglite/migrator";
import { drizzle as drizzlePostgres } from "drizzle-orm/postgres-js";
import { migrate as migratePostgres } from "drizzle-orm/postgres-js/migrator";
import type { ConstructorOptions, Db as BossDb } from "pg-boss";
import postgres from "postgres";
import { textArray } from "./array-literal.ts";
import { type DataDirLock, lockDataDir } from "./data-dir-lock.ts";
import { watchDiskSpace } from "./disk-space.ts";

/** A connection pool or an open transaction: every query takes one and runs on either database. */
export type Db = PgDatabase<PgQueryResultHKT, Record<string, never>>;

export interface Database extends AsyncDisposable {
  readonly kind: "pglite" | "postgres";
  /** For people: which database, and where its data lie. Holds no password. */
  readonly description: string;
  readonly db: Db;
  /** The same, but what it commits does not wait for the disk: for what a crash of the database may undo without harm. */
  readonly hastyDb: Db;
  /** Whether it can take more work: the embedded one needs room on its disk. */
  readonly hasRoom: () => boolean;
  /** How busy its connections are. */
  readonly use: () => DatabaseUse;
  /** The embedded database's lock; null on PostgreSQL. */
  readonly lock: DataDirLock | null;
  /** How pg-boss reaches the same database. */
  readonly bossOptions: ConstructorOptions;
  /**
   * Calls `onPayload` for every notification on the channel. A notification is a hint, never a promise:
   * `onConnect` is called after each (re)connection, since what was sent meanwhile is gone.
   * Returns the function that stops listening.
   */
  listen(channel: string, onPayload: (payload: string) => void, onConnect: () => void): Promise<() => Promise<void>>;
}

interface DatabaseUse {
  /** That there may be. */
  readonly connections: number;
  /** Statements and transactions that are under way or wait for a connection. */
  readonly underWay: number;
}

export interface ConnectOptions {
  /** PostgreSQL; absent means the embedded database. */
  readonly databaseUrl?: string | undefined;
  /** Folder of the embedded database; absent keeps it in memory. */
  readonly dataDir?: string | undefined;
  /** Connections of the pool on PostgreSQL. */
  readonly poolSize?: number;
  /** Room that must be left on the embedded database's disk for it to take more work. */
  readonly diskMarginBytes?: number;
  /** Hears of every statement that is sent. */
  readonly onStatement?: (statement: string) => void;
}

/** Opens the database and brings its schema up to date. @throws DataDirInUseError, or the driver's error. */
export function connectDatabase(options: ConnectOptions): Promise<Database> {
  const { onStatement } = options;
  const logger = onStatement !== undefined && { logQuery: onStatement };
  return options.databaseUrl === undefined
    ? connectEmbedded(options, logger)
    : connectPostgres(options.databaseUrl, options.poolSize ?? 10, logger);
}

/** Sends notifications, with the commit if a transaction is open. Each payload stays below 8,000 bytes: ids, not content. */
export async function notify(db: Db, channel: string, payloads: readonly string[]): Promise<void> {
  await db.execute(sql`
    select pg_notify(${channel}, payload) from unnest(${textArray(payloads)}::text::text[]) as payload`);
}

const migrationsFolder = fileURLToPath(new URL("../migrations", import.meta.url));

const longestTurnMs = 10;

/**
 * PGlite computes on the event loop and takes its next query without returning to it, so a queue of queries would keep
 * sockets and timers waiting until it is empty.
 */
class YieldingPGlite extends PGlite {
  #turnBegan = performance.now();
  underWay = 0;

  override async _runExclusiveTransaction<T>(transaction: () => Promise<T>): Promise<T> {
    this.underWay += 1;
    try {
      return await super._runExclusiveTransaction(transaction);
    } finally {
      this.underWay -= 1;
    }
  }

  override _runExclusiveQuery<T>(query: () => Promise<T>): Promise<T> {
    return super._runExclusiveQuery(async () => {
      if (performance.now() - this.#turnBegan > longestTurnMs) {
        await setImmediate();
        this.#turnBegan = performance.now();
      }
      return query();
    });
  }
}

/** Several of the 16 MB files in which the database writes ahead, and what was accepted before. */
const diskMarginBytes = 128 * 1024 * 1024;

async function connectEmbedded(options: ConnectOptions, logger: Logger | false): Promise<Database> {
  const { dataDir } = options;
  const lock = dataDir === undefined ? null : await lockDataDir(dataDir);
  const disk = dataDir === undefined ? null : await watchDiskSpace(dataDir, options.diskMarginBytes ?? diskMarginBytes);
  const client = new YieldingPGlite(dataDir === undefined ? {} : { dataDir: join(dataDir, "pglite") });
  await client.waitReady;
  const db = drizzlePglite(client, { logger });
  await migratePglite(db, { migrationsFolder });
  return {
    kind: "pglite",
    description: `embedded PGlite, data in ${dataDir ?? "memory"}`,
    db: db as unknown as Db,
    hastyDb: db as unknown as Db,
    hasRoom: () => disk === null || !disk.isShort,
    use: () => ({ connections: 1, underWay: client.underWay }),
    lock,
    bossOptions: { backend: "pglite", db: bossOnPglite(client), reindex: false },
    async listen(channel, onPayload, onConnect) {
      const stop = await client.listen(channel, onPayload);
      onConnect();
      return stop;
    },
    async [Symbol.asyncDispose]() {
      disk?.[Symbol.dispose]();
      await client.close();
      await lock?.[Symbol.asyncDispose]();
    },
  };
}

async function connectPostgres(url: string, poolSize: number, logger: Logger | false): Promise<Database> {
  await migrateOnce(url);
  // Connections share one count of failures: waiting longer each time, they would miss a quick restart by many seconds.
  // Asking for the types of arrays, which nothing here needs, ends the process when the connection is cut meanwhile.
  // A statement prepared while a table is nearly empty would go on reading all of it until the next analyze. And to plan some
  // of them anew for each set of parameters, as PostgreSQL would, takes several times as long as to run them.
  const connection = { enable_seqscan: "off", plan_cache_mode: "force_generic_plan" };
  const options = { fetch_types: false, backoff: () => 0.25, onnotice: () => undefined, connection };
  const client = postgres(url, { max: poolSize, ...options });
  const hasty = postgres(url, {
    max: hastyConnections,
    ...options,
    connection: {
      ...connection,
      synchronous_commit: "off",
      // Jobs are taken in the order of an index: without statistics yet, all that wait would be sorted for each few.
      enable_sort: "off",
      enable_bitmapscan: "off",
      // And by a plan for the queue as it is: one for an empty queue looks at all that wait for each job.
      plan_cache_mode: "force_custom_plan",
    },
  });
  const { hostname, port, pathname } = new URL(url);
  const counter = { underWay: 0 };
  const toDb = (over: typeof client) =>
    drizzlePostgres(counting(preparing(over), counter), { logger }) as unknown as Db;
  return {
    kind: "postgres",
    description: `PostgreSQL at ${hostname}:${port || "5432"}${pathname}`,
    db: toDb(client),
    hastyDb: toDb(hasty),
    hasRoom: () => true,
    use: () => ({ connections: poolSize + hastyConnections, underWay: counter.underWay }),
    lock: null,
    bossOptions: { connectionString: url, max: 4 },
    async listen(channel, onPayload, onConnect) {
      const subscription = await client.listen(channel, onPayload, onConnect);
      return () => subscription.unlisten();
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([client.end({ timeout: 5 }), hasty.end({ timeout: 5 })]);
    },
  };
}

const hastyConnections = 2;

/**
 * Drizzle has raw statements parsed and planned anew each time, which takes longer than running most of them, and a round
 * trip of its own. Statements here are few and their texts stay the same: they are prepared once for each connection.
 */
function preparing<Client extends postgres.ISql>(client: Client): Client {
  const begin = (method: "begin" | "savepoint") => {
    return (run: (sql: postgres.ISql) => unknown) =>
      (client as unknown as Record<typeof method, (run: (sql: postgres.ISql) => unknown) => unknown>)[method]((inner) =>
        run(preparing(inner)),
      );
  };
  return new Proxy(client, {
    get(target, property) {
      if (property === "unsafe") {
        return (text: string, values?: postgres.ParameterOrJSON<never>[]) =>
          target.unsafe(text, values, { prepare: true });
      }
      if (property === "begin" || property === "savepoint") return begin(property);
      return Reflect.get(target, property, target);
    },
  });
}

/** Counts what is under way, which the driver does not tell. What runs inside of a transaction is not counted again. */
function counting<Client extends postgres.ISql>(client: Client, counter: { underWay: number }): Client {
  const count = <T extends PromiseLike<unknown>>(promise: T): T => {
    counter.underWay += 1;
    const end = () => void (counter.underWay -= 1);
    promise.then(end, end);
    return promise;
  };
  return new Proxy(client, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (property !== "unsafe" && property !== "begin") return value;
      return (...args: unknown[]) => count((value as (...args: unknown[]) => PromiseLike<unknown>)(...args));
    },
  });
}

/** The advisory lock makes processes that start together take turns; the second finds nothing left to do. */
async function migrateOnce(url: string): Promise<void> {
  const client = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    await client`select pg_advisory_lock(hashtext('strategy-executor migrations'))`;
    await migratePostgres(drizzlePostgres(client), { migrationsFolder });
  } finally {
    await client.end({ timeout: 5 });
  }
}

/**
 * pg-boss runs blocks of several statements with their own begin and commit. On the one connection of PGlite a block
 * that fails would leave an aborted transaction to whoever comes next, so it runs inside an exclusive one.
 */
function bossOnPglite(client: PGlite): BossDb {
  return {
    async executeSql(text, values) {
      if (values !== undefined && values.length > 0) return client.query(text, values);
      const results = await client.transaction((tx) => tx.exec(text));
      return { rows: results.flatMap((result) => result.rows) };
    },
    async setSessionStatements(statements) {
      for (const statement of statements) await client.exec(statement);
    },
  };
}
