import type { Logger } from "drizzle-orm";
import type { ConstructorOptions } from "pg-boss";
import postgres from "postgres";
import type { ConnectOptions, Database, Db } from "./database.ts";
import { holdSchema, schemaWaitMs } from "../migration/hold-schema.ts";
import { type Calls, toDb } from "./postgres-client.ts";
import { listenOn } from "./postgres-listener.ts";
import {
  applicationName,
  type DatabaseTimeouts,
  defaultTimeouts,
  sessionSettings,
  setOnConnect,
  timeoutSettings,
  toSetStatements,
} from "./session-settings.ts";
import { watchSilence } from "./silence-watch.ts";
import { watchStalledSessions } from "./stalled-sessions.ts";
import { sqlStateOf } from "./unavailable.ts";

export async function connectPostgres(
  options: ConnectOptions & { readonly databaseUrl: string },
  logger: Logger | false,
): Promise<Database> {
  const { databaseUrl: url, poolSize = defaultPoolSize } = options;
  const timeouts: DatabaseTimeouts = { ...defaultTimeouts, ...options.timeouts };
  await using stack = new AsyncDisposableStack();
  // Disposed last, so that no migration begins while this process still uses the schema.
  const schema = stack.use(
    await holdSchema(url, { waitMs: options.schemaWaitMs ?? schemaWaitMs, endsMove: options.endsMove ?? false }),
  );
  stack.use(watchStalledSessions(schema.run, timeouts, options.onStalled));
  const pool = (max: number, statementMs: number, settings: Readonly<Record<string, string>> = {}): Pool =>
    stack.use(openPool({ url, max, statementMs, settings, timeouts, logger }));
  const general = pool(poolSize, timeouts.statementMs);
  const batches = pool(batchConnections, timeouts.sharedStatementMs);
  const asyncCommit = pool(asyncCommitConnections, timeouts.sharedStatementMs, {
    synchronous_commit: "off",
    // Jobs are fetched in index order. Without statistics the planner would sort the whole backlog for each batch.
    enable_sort: "off",
    enable_bitmapscan: "off",
    // A plan cached for an empty queue would scan the whole backlog for each job.
    plan_cache_mode: "force_custom_plan",
  });
  const pools = [general, batches, asyncCommit];
  const { hostname, port, pathname } = new URL(url);
  const opened = stack.move();
  return {
    kind: "postgres",
    feedEpoch: schema.feedEpoch,
    description: `PostgreSQL at ${hostname}:${port || "5432"}${pathname}`,
    db: general.db,
    batchDb: batches.db,
    asyncCommitDb: asyncCommit.db,
    hasRoom: () => true,
    use: () => ({
      connections: poolSize + batchConnections + asyncCommitConnections,
      underWay: pools.reduce((sum, { calls }) => sum + calls.size, 0),
    }),
    lock: null,
    bossOptions: { ...bossOptions(timeouts), connectionString: url, max: 4 },
    async listen(channel, onPayload, onConnect) {
      const calls: Calls = new Set();
      const watch = watchSilence(calls, timeouts.sharedStatementMs + timeouts.answerGraceMs);
      const client = {
        ...clientOptions,
        socket: watch.socket,
        ...setOnConnect(sessionSettings),
      } as postgres.Options<{}>;
      const { heartbeatMs } = timeouts;
      const stop = await listenOn({ url, client, calls, heartbeatMs }, channel, onPayload, onConnect);
      return async () => {
        watch[Symbol.dispose]();
        await stop();
      };
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

const defaultPoolSize = 7;
const batchConnections = 3;
const asyncCommitConnections = 2;

/**
 * All connections share one failure count, so a growing backoff would miss a quick restart by many seconds.
 * Nothing here needs `fetch_types`, and postgres.js ends the process when the connection drops during that query.
 */
const clientOptions = {
  fetch_types: false,
  backoff: () => 0.25,
  onnotice: () => undefined,
  connect_timeout: 5,
  connection: { application_name: applicationName },
};

interface Pool extends AsyncDisposable {
  readonly db: Db;
  readonly calls: Calls;
}

interface PoolOptions {
  readonly url: string;
  readonly max: number;
  /** Time limit of a statement. */
  readonly statementMs: number;
  readonly settings: Readonly<Record<string, string>>;
  readonly timeouts: DatabaseTimeouts;
  readonly logger: Logger | false;
}

function openPool({ url, max, statementMs, settings, timeouts, logger }: PoolOptions): Pool {
  const calls: Calls = new Set();
  const watch = watchSilence(calls, statementMs + timeouts.answerGraceMs);
  const client = postgres(url, {
    ...clientOptions,
    max,
    // A statement never waits behind another one, whose connection may be dead.
    max_pipeline: 0,
    socket: watch.socket,
    ...setOnConnect({ ...sessionSettings, ...timeoutSettings(timeouts, statementMs), ...settings }),
  } as postgres.Options<{}>);
  const onError = (error: unknown): void => {
    // After a failover the address leads elsewhere, but these connections still lead to the demoted server.
    if (sqlStateOf(error) === readOnlyTransaction) watch.closeAll("The database has become read-only");
  };
  return {
    db: toDb(client, calls, logger, onError),
    calls,
    async [Symbol.asyncDispose]() {
      await client.end({ timeout: 5 });
      watch[Symbol.dispose]();
    },
  };
}

const readOnlyTransaction = "25006";

/** pg-boss has a pool of its own, of another driver, and passes its options on. */
function bossOptions(timeouts: DatabaseTimeouts): ConstructorOptions {
  const settings = toSetStatements({ jit: "off", ...timeoutSettings(timeouts, timeouts.statementMs) });
  const options = {
    application_name: applicationName,
    query_timeout: timeouts.statementMs + timeouts.answerGraceMs,
    connectionTimeoutMillis: 5_000,
    onConnect: async (client: { query(text: string): Promise<unknown> }) => void (await client.query(settings)),
  };
  return options;
}
