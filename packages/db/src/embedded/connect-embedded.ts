import { EventEmitter } from "node:events";
import { join } from "node:path";
import type { Logger } from "drizzle-orm";
import type { Db as BossDb } from "pg-boss";
import type postgres from "postgres";
import type { ConnectOptions, Database } from "../connection/database.ts";
import { lockDataDir } from "./data-dir-lock.ts";
import { type DiskSpace, watchDiskSpace } from "./disk-space.ts";
import { asDamaged, EmbeddedDatabaseError } from "./embedded-database-error.ts";
import { openEmbedded } from "./embedded-database.ts";
import { startVacuuming } from "./embedded-vacuum.ts";
import { beginFeedEpoch, feedEpoch } from "../migration/feed-epoch.ts";
import { migrate } from "../migration/migrations.ts";
import { NewerSchemaError } from "../migration/schema-errors.ts";
import { type Calls, toDb } from "../connection/postgres-client.ts";

/** Room for several 16 MB files of the write-ahead log, and for finishing accepted work. */
const diskMarginBytes = 128 * 1024 * 1024;

/** A new database takes 60 MB. */
const startMarginBytes = 64_000_000;

export async function connectEmbedded(options: ConnectOptions, logger: Logger | false): Promise<Database> {
  await using stack = new AsyncDisposableStack();
  const { dataDir } = options;
  const lock = stack.use(dataDir === undefined ? null : await lockDataDir(dataDir));
  const disk = stack.use(
    dataDir === undefined ? null : await watchDiskSpace(dataDir, options.diskMarginBytes ?? diskMarginBytes),
  );
  if (disk !== null && dataDir !== undefined)
    await ensureRoomToStart(dataDir, disk, options.startMarginBytes ?? startMarginBytes);
  const opening = openEmbedded(dataDir === undefined ? null : join(dataDir, "pglite"));
  const database = stack.use(await opening.catch((error: unknown) => Promise.reject(asDamaged(dataDir, error))));
  const notifications = new EventEmitter();
  const connect = (fetchTypes: boolean): postgres.Sql => {
    const onNotify = (channel: string, payload: string) => void notifications.emit(channel, payload);
    const client = database.connect({ fetchTypes, onNotify });
    stack.defer(() => client.end({ timeout: 5 }));
    return client;
  };
  const client = connect(false);
  // pg-boss passes arrays and reads dates. Drizzle turns both into text on its own connection.
  const bossClient = connect(true);
  await migrate(client).catch((error: unknown) =>
    Promise.reject(error instanceof NewerSchemaError ? error : asDamaged(dataDir, error)),
  );
  const epoch = (await feedEpoch(client)) ?? (await beginFeedEpoch(client));
  const calls: Calls = new Set();
  const db = toDb(client, calls, logger);
  stack.use(startVacuuming(db));
  const opened = stack.move();
  return {
    kind: "pglite",
    feedEpoch: epoch,
    description: `embedded PGlite, data in ${dataDir ?? "memory"}`,
    db,
    batchDb: db,
    asyncCommitDb: db,
    hasRoom: () => disk === null || !disk.isShort,
    use: () => ({ connections: 1, underWay: calls.size }),
    lock,
    bossOptions: { backend: "pglite", db: bossOn(bossClient), reindex: false },
    async listen(channel, onPayload, onConnect) {
      notifications.on(channel, onPayload);
      await client.unsafe(`listen "${channel}"`);
      onConnect();
      // The session goes on listening until the database is closed; only the handler is removed.
      return async () => void notifications.off(channel, onPayload);
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** @throws EmbeddedDatabaseError when the disk is so full that PGlite would hang */
async function ensureRoomToStart(dataDir: string, disk: DiskSpace, wantedBytes: number): Promise<void> {
  if (disk.freeBytes >= wantedBytes) return;
  throw new EmbeddedDatabaseError(
    `DATA_DIR=${dataDir}: only ${Math.floor(disk.freeBytes / 1e6)} MB are free on its disk, and the embedded database needs ` +
      `${Math.ceil(wantedBytes / 1e6)} MB to start: free some space, or set DATA_DIR to a folder on another disk`,
  );
}

/**
 * Runs the statements of pg-boss. It sends blocks of several statements with their own begin and commit; without the rollback
 * here a failed block would leave its connection in an aborted transaction.
 */
function bossOn(client: postgres.Sql): BossDb {
  return {
    async executeSql(text, values) {
      if (values !== undefined && values.length > 0) {
        return { rows: await client.unsafe(text, values as never[], { prepare: true }) };
      }
      const connection = await client.reserve();
      try {
        const results: unknown = await connection.unsafe(text);
        return { rows: (results as unknown[]).flat() };
      } catch (error) {
        await connection.unsafe("rollback");
        throw error;
      } finally {
        connection.release();
      }
    },
    async setSessionStatements(statements) {
      for (const statement of statements) await client.unsafe(statement);
    },
  };
}
