import { sql } from "drizzle-orm";
import { describe, expect, it, vi } from "vitest";
import { createTestDatabase, startSwallowingProxy } from "../testing/index.ts";
import { connectDatabase } from "./connect.ts";
import type { Db } from "./database.ts";
import { notify } from "./notify.ts";
import { rowsOf } from "./rows.ts";
import { isUnavailable } from "./unavailable.ts";

const timeouts = {
  statementMs: 400,
  sharedStatementMs: 400,
  idleInTransactionMs: 200,
  lockMs: 300,
  answerGraceMs: 200,
  heartbeatMs: 100,
};
const pools = ["db", "batchDb", "asyncCommitDb"] as const;

describe("time limits of PostgreSQL", () => {
  it.each(pools)("end a statement that takes too long (%s)", async (pool) => {
    await using test = await createTestDatabase("postgres");
    await using database = await connectDatabase({ ...test.options, timeouts });
    const failure = await database[pool].execute(sql`select pg_sleep(60)`).catch((error: unknown) => error);
    expect(isUnavailable(failure)).toBe(true);
    expect(String((failure as Error).cause)).toContain("statement timeout");
  });

  it("end a wait for a lock", async () => {
    await using test = await createTestDatabase("postgres");
    await using database = await connectDatabase({ ...test.options, timeouts });
    await using holder = await connectDatabase(test.options);
    await holder.db.transaction(async (tx) => {
      await lock(tx);
      const failure = await database.db.transaction(lock).catch((error: unknown) => error);
      expect(isUnavailable(failure)).toBe(true);
      expect(String((failure as Error).cause)).toContain("lock timeout");
    });
  });

  it("end a transaction whose process is frozen, so that others get its locks", async () => {
    await using test = await createTestDatabase("postgres");
    await using frozen = await connectDatabase({ ...test.options, timeouts });
    await using other = await connectDatabase(test.options);
    const { promise: locked, resolve: onLocked } = Promise.withResolvers<void>();
    const { promise: thawed, resolve: thaw } = Promise.withResolvers<void>();
    const transaction = frozen.db.transaction(async (tx) => {
      await lock(tx);
      onLocked();
      await thawed;
      await tx.execute(sql`select 1`);
    });
    const failure = transaction.catch((error: unknown) => error);
    await locked;
    await other.db.transaction(lock);
    thaw();
    expect(isUnavailable(await failure)).toBe(true);
    expect(await one(frozen.db)).toBe(1);
  });
});

describe("a process cut off in the middle of a statement", () => {
  it("loses its session, so that others get its locks", async () => {
    await using test = await createTestDatabase("postgres");
    await using proxy = await startSwallowingProxy(test.options.databaseUrl!);
    await using cutOff = await connectDatabase({ databaseUrl: proxy.url, timeouts });
    const ended: string[] = [];
    const onStalled = (process: string) => void ended.push(process);
    await using other = await connectDatabase({ ...test.options, timeouts: { idleInTransactionMs: 200 }, onStalled });
    // The server has described the statement, and waits for its parameters.
    const described = proxy.swallowAnswer("as described");
    const failure = cutOff.db
      .transaction(async (tx) => {
        await lock(tx);
        await tx.execute(sql`select ${1}::int as described`);
      })
      .catch((error: unknown) => error);
    // Leaves the rest to the other process.
    proxy.swallowOpen();
    await described;
    await other.db.transaction(lock);
    await expect.poll(() => ended).toEqual([expect.stringMatching(/^strategy-executor .+\/\d+$/)]);
    expect(isUnavailable(await failure)).toBe(true);
  });

  it("loses its session also while the server sends a long answer", async () => {
    await using test = await createTestDatabase("postgres");
    await using proxy = await startSwallowingProxy(test.options.databaseUrl!);
    await using cutOff = await connectDatabase({ databaseUrl: proxy.url, timeouts });
    await using other = await connectDatabase({
      ...test.options,
      timeouts: { ...timeouts, lockMs: 8_000, statementMs: 8_000 },
    });
    const jammed = proxy.jamAnswer("as long");
    const failure = cutOff.db
      .transaction(async (tx) => {
        await lock(tx);
        await tx.execute(sql`select repeat('x', 100000) as long from generate_series(1, 1000)`);
      })
      .catch((error: unknown) => error);
    await jammed;
    await other.db.transaction(lock);
    expect(isUnavailable(await failure)).toBe(true);
  });
});

// Nearly all of their time is waiting, each on a database of its own.
describe.concurrent("a connection that loses its packets", () => {
  it.each(pools)("is given up, and the next call gets a new one (%s)", async (pool) => {
    await using test = await createTestDatabase("postgres");
    await using proxy = await startSwallowingProxy(test.options.databaseUrl!);
    await using database = await connectDatabase({ databaseUrl: proxy.url, poolSize: 2, timeouts });
    const db = database[pool];
    await one(db);
    proxy.swallowOpen();
    const failures = await Promise.all([
      one(db).catch((error: unknown) => error),
      db.transaction(one).catch((error: unknown) => error),
    ]);
    expect(failures.some((failure) => failure instanceof Error)).toBe(true);
    for (const failure of failures) if (failure !== 1) expect(isUnavailable(failure)).toBe(true);
    expect(await one(db)).toBe(1);
    expect(database.use().underWay).toBe(0);
  });

  it("takes along those that were idle, so that they do not cost a time limit each", async () => {
    await using test = await createTestDatabase("postgres");
    await using proxy = await startSwallowingProxy(test.options.databaseUrl!);
    const poolSize = 5;
    await using database = await connectDatabase({ databaseUrl: proxy.url, poolSize, timeouts });
    await using direct = await connectDatabase(test.options);
    await Promise.all(Array.from({ length: poolSize }, () => database.db.execute(sql`select pg_sleep(0.1)`)));
    // Several looks at the connections, by which they are known to be idle.
    await direct.db.execute(sql`select pg_sleep(0.5)`);
    proxy.swallowOpen();
    expect(isUnavailable(await one(database.db).catch((error: unknown) => error))).toBe(true);
    for (let call = 0; call < poolSize; call += 1) expect(await one(database.db)).toBe(1);
  });

  it("is given up within a transaction, before its commit and after", async () => {
    await using test = await createTestDatabase("postgres");
    await using proxy = await startSwallowingProxy(test.options.databaseUrl!);
    await using database = await connectDatabase({ databaseUrl: proxy.url, poolSize: 1, timeouts });
    await using direct = await connectDatabase(test.options);
    await direct.db.execute(sql`create table things (n int)`);
    const insert = (n: number, midway: (tx: Db) => Promise<unknown>) =>
      database.db.transaction(async (tx) => {
        await tx.execute(sql`insert into things values (${n})`);
        await midway(tx);
      });
    const first = insert(1, async (tx) => {
      proxy.swallowOpen();
      await tx.execute(sql`select 1`);
    });
    expect(isUnavailable(await first.catch((error: unknown) => error))).toBe(true);
    const commit = insert(2, async () => proxy.swallowOpen());
    expect(isUnavailable(await commit.catch((error: unknown) => error))).toBe(true);
    await insert(3, async () => undefined);
    expect(rowsOf(await direct.db.execute(sql`select n from things`))).toEqual([{ n: 3 }]);
  });

  it("is given up while a long answer arrives", async () => {
    await using test = await createTestDatabase("postgres");
    await using proxy = await startSwallowingProxy(test.options.databaseUrl!);
    await using database = await connectDatabase({ databaseUrl: proxy.url, poolSize: 1, timeouts });
    await one(database.db);
    const answer = proxy.nextAnswer();
    const rows = database.db.execute(sql`
      select repeat('x', 100000) from generate_series(1, 30) as n, lateral (select pg_sleep(0.01 + n * 0)) as pause`);
    const failure = rows.catch((error: unknown) => error);
    await answer;
    proxy.swallowOpen();
    expect(isUnavailable(await failure)).toBe(true);
    expect(await one(database.db)).toBe(1);
  });

  it("is given up while nothing is heard on it, and notifications arrive again", async () => {
    await using test = await createTestDatabase("postgres");
    await using proxy = await startSwallowingProxy(test.options.databaseUrl!);
    await using database = await connectDatabase({ databaseUrl: proxy.url, timeouts });
    await using direct = await connectDatabase(test.options);
    const heard: string[] = [];
    let connections = 0;
    const onPayload = (payload: string) => void heard.push(payload);
    const stop = await database.listen("news", onPayload, () => (connections += 1));
    proxy.swallowOpen();
    await notify(direct.db, "news", ["lost"]);
    await vi.waitFor(() => expect(connections).toBe(2), 10_000);
    await notify(direct.db, "news", ["heard"]);
    await vi.waitFor(() => expect(heard).toEqual(["heard"]), 10_000);
    await stop();
  });

  it("does not take along a statement that is answered", async () => {
    await using test = await createTestDatabase("postgres");
    await using proxy = await startSwallowingProxy(test.options.databaseUrl!);
    const patient = { ...timeouts, statementMs: 1_000 };
    await using database = await connectDatabase({ databaseUrl: proxy.url, poolSize: 2, timeouts: patient });
    await Promise.all([one(database.db), one(database.db)]);
    const swallowed = proxy.swallowNext("lost");
    const lost = database.db.execute(sql`select 'lost'`).catch((error: unknown) => error);
    await swallowed;
    let isGivenUp = false;
    const givenUp = lost.finally(() => (isGivenUp = true));
    // One of these is under way when the other connection is given up.
    while (!isGivenUp) await database.db.execute(sql`select pg_sleep(0.3)`);
    expect(isUnavailable(await givenUp)).toBe(true);
  });
});

it("gives up calls while a proxy closes every connection, without a rush of new ones", async () => {
  await using test = await createTestDatabase("postgres");
  await using proxy = await startSwallowingProxy(test.options.databaseUrl!);
  await using database = await connectDatabase({ databaseUrl: proxy.url, poolSize: 1, timeouts });
  expect(await one(database.db)).toBe(1);
  const before = proxy.accepted;
  proxy.refuse();
  for (let call = 0; call < 4; call += 1) {
    const failure = await one(database.db).catch((error: unknown) => error);
    expect(isUnavailable(failure)).toBe(true);
  }
  // One for each call, and one a second for the session that holds the schema.
  expect(proxy.accepted - before).toBeLessThanOrEqual(10);
  proxy.restore();
  await expect.poll(() => one(database.db).catch(() => 0)).toBe(1);
});

it("leaves the connections to a server that has become read-only", async () => {
  await using test = await createTestDatabase("postgres");
  await using database = await connectDatabase({ ...test.options, poolSize: 1 });
  await database.db.execute(sql`create table things (n int)`);
  await database.db.execute(sql`set default_transaction_read_only = on`);
  const write = () => database.db.execute(sql`insert into things values (1)`);
  expect(isUnavailable(await write().catch((error: unknown) => error))).toBe(true);
  await expect.poll(() => write().then(Boolean, () => false)).toBe(true);
});

async function lock(tx: Db): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(1)`);
}

async function one(db: Db): Promise<number | undefined> {
  return rowsOf<{ n: number }>(await db.execute(sql`select 1 as n`))[0]?.n;
}
