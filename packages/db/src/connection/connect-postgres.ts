import type { Logger } from "drizzle-orm";
import postgres from "postgres";
import type { Database } from "./database.ts";
import { migrateSchema, toDb, type UseCounter } from "./postgres-client.ts";
import { sessionSettings } from "./session-settings.ts";

export async function connectPostgres(url: string, poolSize: number, logger: Logger | false): Promise<Database> {
  await migrateOnce(url);
  // All connections share one failure count, so a growing backoff would miss a quick restart by many seconds.
  // Nothing here needs `fetch_types`, and postgres.js ends the process when the connection drops during that query.
  const options = { fetch_types: false, backoff: () => 0.25, onnotice: () => undefined, connection: sessionSettings };
  const client = postgres(url, { max: poolSize, ...options });
  const asyncCommitClient = postgres(url, {
    max: asyncCommitConnections,
    ...options,
    connection: {
      ...sessionSettings,
      synchronous_commit: "off",
      // Jobs are fetched in index order. Without statistics the planner would sort the whole backlog for each batch.
      enable_sort: "off",
      enable_bitmapscan: "off",
      // A plan cached for an empty queue would scan the whole backlog for each job.
      plan_cache_mode: "force_custom_plan",
    },
  });
  const { hostname, port, pathname } = new URL(url);
  const counter: UseCounter = { underWay: 0 };
  return {
    kind: "postgres",
    description: `PostgreSQL at ${hostname}:${port || "5432"}${pathname}`,
    db: toDb(client, counter, logger),
    asyncCommitDb: toDb(asyncCommitClient, counter, logger),
    hasRoom: () => true,
    use: () => ({ connections: poolSize + asyncCommitConnections, underWay: counter.underWay }),
    lock: null,
    bossOptions: { connectionString: url, max: 4, options: "-c jit=off" },
    async listen(channel, onPayload, onConnect) {
      const subscription = await client.listen(channel, onPayload, onConnect);
      return () => subscription.unlisten();
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([client.end({ timeout: 5 }), asyncCommitClient.end({ timeout: 5 })]);
    },
  };
}

const asyncCommitConnections = 2;

/** An advisory lock serializes processes that start together; the second one finds nothing left to migrate. */
async function migrateOnce(url: string): Promise<void> {
  const client = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    await client`select pg_advisory_lock(hashtext('strategy-executor migrations'))`;
    await migrateSchema(client);
  } finally {
    await client.end({ timeout: 5 });
  }
}
