import { setTimeout as after } from "node:timers/promises";
import postgres from "postgres";
import { asCall, type Calls } from "../connection/postgres-client.ts";
import { applicationName, setOnConnect } from "../connection/session-settings.ts";
import { watchSilence } from "../connection/silence-watch.ts";
import { beginFeedEpoch, feedEpoch } from "./feed-epoch.ts";
import { migrate, schemaState } from "./migrations.ts";
import { UnfinishedMoveError } from "../move/move-errors.ts";
import { SchemaInUseError } from "./schema-errors.ts";

/** How long a migration waits for the processes that use the schema: they may be ending, or a tool that is soon done. */
export const schemaWaitMs = 10_000;

const lock = "hashtext('strategy-executor migrations')";
const pollMs = 100;
const retryMs = 1_000;
/** Far longer than any of the short statements takes. */
const silenceMs = 15_000;

export interface HeldSchema extends AsyncDisposable {
  /** Epoch of the feed over all executions. A restore begins a new epoch. */
  readonly feedEpoch: string;
  /** Runs a statement on the session that holds the lock, and returns its rows: none while the lock is taken again. */
  run(statement: string): Promise<readonly object[]>;
}

/**
 * Brings the schema of a PostgreSQL up to date, and keeps others from changing it until disposal: every running process holds a
 * shared advisory lock, and a migration takes it exclusively. The lock has a session of its own.
 * @throws NewerSchemaError, SchemaInUseError, UnfinishedMoveError
 */
export async function holdSchema(
  url: string,
  { waitMs, endsMove = false }: { readonly waitMs: number; readonly endsMove?: boolean },
): Promise<HeldSchema> {
  let held = false;
  let ending = false;
  let wasClosed = false;
  // Without the statements of migrations, which take their time.
  const calls: Calls = new Set();
  const watch = watchSilence(calls, silenceMs);
  const client = postgres(url, {
    max: 1,
    socket: watch.socket,
    max_lifetime: null,
    fetch_types: false,
    backoff: () => 0.25,
    onnotice: () => undefined,
    connection: { application_name: applicationName },
    // Migrations of large tables take their time.
    ...setOnConnect({ statement_timeout: 0, lock_timeout: 0, idle_in_transaction_session_timeout: 0 }),
    // The lock ends with its session.
    onclose: () => {
      wasClosed = true;
      if (held) void holdAgain();
    },
  } as postgres.Options<{}>);

  async function holdAgain(): Promise<void> {
    for (held = false; !held && !ending;) {
      held = await asCall(calls, () => tryLock(client, "pg_try_advisory_lock_shared")).catch(() => false);
      if (!held) await after(retryMs, undefined, { ref: false });
    }
  }

  await using stack = new AsyncDisposableStack();
  stack.defer(async () => {
    [held, ending] = [false, true];
    await client.end({ timeout: 5 });
    watch[Symbol.dispose]();
  });
  const epoch = await bringUpToDate(client, calls, waitMs);
  if (!endsMove && (await asCall(calls, () => hasUnfinishedMove(client)))) throw new UnfinishedMoveError();
  held = true;
  if (wasClosed) void holdAgain();
  const opened = stack.move();
  return {
    feedEpoch: epoch,
    run: async (statement) => (held ? asCall(calls, () => client.unsafe(statement)) : []),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** Returns the epoch of the feed, with the shared lock held. */
async function bringUpToDate(client: postgres.Sql, calls: Calls, waitMs: number): Promise<string> {
  const giveUpAt = performance.now() + waitMs;
  const epochNow = async () => {
    const { applied, known } = await schemaState(client);
    return applied === known ? feedEpoch(client) : null;
  };
  for (;;) {
    // Waits as long as another process migrates.
    while (!(await asCall(calls, () => tryLock(client, "pg_try_advisory_lock_shared")))) await after(pollMs);
    const epoch = await asCall(calls, epochNow);
    if (epoch !== null) return epoch;
    await asCall(calls, () => client.unsafe(`select pg_advisory_unlock_shared(${lock})`));
    if (await asCall(calls, () => tryLock(client, "pg_try_advisory_lock"))) {
      await migrate(client);
      const begun = (await feedEpoch(client)) ?? (await beginFeedEpoch(client));
      await client.unsafe(`select pg_advisory_lock_shared(${lock}), pg_advisory_unlock(${lock})`);
      return begun;
    }
    const holders = await asCall(calls, () => holdersOf(client));
    if (holders.length > 0 && performance.now() > giveUpAt) {
      // Another process may have migrated meanwhile.
      const now = await schemaState(client);
      if (now.applied < now.known || (await feedEpoch(client)) === null)
        throw new SchemaInUseError(now.known, now.applied, holders);
    }
    await after(pollMs);
  }
}

/**
 * Takes the lock on the schema alone, and brings the schema up to date. The lock ends with the client's session.
 * @throws SchemaInUseError when processes use the database
 */
export async function lockSchemaAlone(client: postgres.Sql): Promise<void> {
  const { applied, known } = await schemaState(client);
  if (!(await tryLock(client, "pg_try_advisory_lock"))) {
    throw new SchemaInUseError(known, applied, await holdersOf(client));
  }
  await migrate(client);
  if ((await feedEpoch(client)) === null) await beginFeedEpoch(client);
}

async function hasUnfinishedMove(client: postgres.Sql): Promise<boolean> {
  const [row] = await client.unsafe<{ found: boolean }[]>(
    `select to_regclass('public.unfinished_move') is not null as found`,
  );
  return row!.found;
}

/** Only tries: who waits within a statement holds a snapshot, and for its end `create index concurrently` would wait. */
async function tryLock(
  client: postgres.Sql,
  kind: "pg_try_advisory_lock" | "pg_try_advisory_lock_shared",
): Promise<boolean> {
  const [row] = await client.unsafe<{ taken: boolean }[]>(`select ${kind}(${lock}) as taken`);
  return row?.taken === true;
}

/** Describes the holders of the lock; empty while another process migrates. */
async function holdersOf(client: postgres.Sql): Promise<string[]> {
  const rows = await client.unsafe<Holder[]>(`
    select mode = 'ExclusiveLock' as migrates, pid, application_name as name, client_addr::text as address,
      to_char(backend_start at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') as since
    from pg_locks left join pg_stat_activity using (pid)
    where locktype = 'advisory' and granted and pid <> pg_backend_pid() and objsubid = 1
      and pg_locks.database = (select oid from pg_database where datname = current_database())
      and ((classid::bigint << 32) | objid::bigint) = ${lock}::bigint
    order by backend_start`);
  if (rows.some(({ migrates }) => migrates)) return [];
  return rows.map(({ pid, name, address, since }) => {
    const from = address === null ? "" : ` from ${address.replace(/\/\d+$/, "")}`;
    return `${name || "a session"}${from} since ${since} UTC (session ${pid})`;
  });
}

interface Holder {
  readonly migrates: boolean;
  readonly pid: number;
  readonly name: string | null;
  readonly address: string | null;
  readonly since: string | null;
}
