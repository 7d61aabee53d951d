import type { Logger } from "drizzle-orm";
import postgres from "postgres";
import type { Database } from "./database.ts";
import { migrateSchema, toDb, type UseCounter } from "./postgres-client.ts";
import { sessionSettings } from "./session-settings.ts";

export async function connectPostgres(url: string, poolSize: number, logger: Logger | false): Promise<Database> {
  await migrateOnce(url);
  // Connections share one count of failures: waiting longer each time, they would miss a quick restart by many seconds.
  // Asking for the types of arrays, which nothing here needs, ends the process when the connection is cut meanwhile.
  const options = { fetch_types: false, backoff: () => 0.25, onnotice: () => undefined, connection: sessionSettings };
  const client = postgres(url, { max: poolSize, ...options });
  const hasty = postgres(url, {
    max: hastyConnections,
    ...options,
    connection: {
      ...sessionSettings,
      synchronous_commit: "off",
      // Jobs are taken in the order of an index: without statistics yet, all that wait would be sorted for each few.
      enable_sort: "off",
      enable_bitmapscan: "off",
      // And by a plan for the queue as it is: one for an empty queue looks at all that wait for each job.
      plan_cache_mode: "force_custom_plan",
    },
  });
  const { hostname, port, pathname } = new URL(url);
  const counter: UseCounter = { underWay: 0 };
  return {
    kind: "postgres",
    description: `PostgreSQL at ${hostname}:${port || "5432"}${pathname}`,
    db: toDb(client, counter, logger),
    asyncCommitDb: toDb(hasty, counter, logger),
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

/** The advisory lock makes processes that start together take turns; the second finds nothing left to do. */
async function migrateOnce(url: string): Promise<void> {
  const client = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    await client`select pg_advisory_lock(hashtext('strategy-executor migrations'))`;
    await migrateSchema(client);
  } finally {
    await client.end({ timeout: 5 });
  }
}
