import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { sql } from "drizzle-orm";
import { PgBoss } from "pg-boss";
import { describe, expect, it } from "vitest";
import { bossStatements } from "../queue/boss-statements.ts";
import type { Database, Db } from "./database.ts";
import { notify } from "./notify.ts";
import { connectDatabase } from "./connect.ts";
import { rowsOf } from "./rows.ts";
import { createEmptyDatabase, createTestDatabase, describeDatabases } from "../testing/index.ts";

describeDatabases("connectDatabase", (create, kind) => {
  it("migrates once when several processes start together, and not again later", async () => {
    await using test = await createEmptyDatabase(kind);
    if (kind === "postgres") {
      const opened = await Promise.all([1, 2, 3].map(() => connectDatabase(test.options)));
      for (const database of opened) await database[Symbol.asyncDispose]();
    } else {
      await (await connectDatabase(test.options))[Symbol.asyncDispose]();
    }
    await using database = await connectDatabase(test.options);
    const rows = rowsOf<{ n: number }>(await database.db.execute(sql`select count(*)::int as n from executions`));
    expect(rows).toEqual([{ n: 0 }]);
  });

  // https://github.com/porsager/postgres/issues/1189
  it("begins transactions behind as many statements as a connection takes", async () => {
    await using test = await create();
    await using database = await connectDatabase({ ...test.options, poolSize: 1 });
    const { db } = database;
    await db.execute(sql`create table things (n int)`);
    for (const before of [98, 99, 100, 101, 102]) {
      await db.execute(sql`select ${before}::int as n`);
      const slow = db.execute(sql`select pg_sleep(0.05)`);
      const statements = Array.from({ length: before - 1 }, async (_, n) => db.execute(sql`select ${n}::int as n`));
      // Now all of them are sent, and the first is not answered yet.
      await new Promise((resolve) => setImmediate(resolve));
      const transaction = db.transaction(async (tx) => {
        await tx.execute(sql`insert into things values (${before})`);
        tx.rollback();
      });
      await expect(transaction).rejects.toThrow("Rollback");
      await Promise.all([slow, ...statements]);
    }
    expect(rowsOf(await db.execute(sql`select n from things`))).toEqual([]);
  });

  it("delivers a notification on commit and none after a rollback", async () => {
    await using test = await create();
    await using database = await connectDatabase(test.options);
    const heard: string[] = [];
    const { promise: last, resolve } = Promise.withResolvers<void>();
    const { promise: connected, resolve: onConnect } = Promise.withResolvers<void>();
    const stop = await database.listen(
      "news",
      (payload) => {
        heard.push(payload);
        if (payload === "last") resolve();
      },
      onConnect,
    );
    await connected;
    const aborted = database.db.transaction(async (tx) => {
      await notify(tx, "news", ["never"]);
      tx.rollback();
    });
    await expect(aborted).rejects.toThrow("Rollback");
    await database.db.transaction((tx) => notify(tx, "news", ["first"]));
    await notify(database.db, "news", ["last"]);
    await last;
    expect(heard).toEqual(["first", "last"]);
    await stop();
  });

  it("queues a job in the caller's transaction", async () => {
    await using test = await create();
    await using database = await connectDatabase(test.options);
    const boss = new PgBoss(database.bossOptions);
    // The end of the test database ends connections that are still closing.
    boss.on("error", () => undefined);
    await boss.start();
    await boss.createQueue("q");
    // pg-boss reads the queue's settings at first use; inside a transaction on one connection that would wait for ever.
    await boss.fetch("q");
    await expect(
      database.db.transaction(async (tx) => {
        await boss.send("q", { n: 1 }, { db: bossStatements(tx) });
        tx.rollback();
      }),
    ).rejects.toThrow("Rollback");
    await database.db.transaction((tx) => boss.send("q", { n: 2 }, { db: bossStatements(tx) }));
    const jobs = await boss.fetch<{ n: number }>("q", { batchSize: 10 });
    expect(jobs.map((job) => job.data)).toEqual([{ n: 2 }]);
    await boss.stop();
  });
});

describe("PostgreSQL", () => {
  // https://github.com/porsager/postgres/issues/1154: the rollback is written to the lost connection, which would throw outside of
  // any promise and end the process.
  it("survives transactions whose connection is lost", async () => {
    await using test = await createTestDatabase("postgres");
    await using database = await connectDatabase({ ...test.options, poolSize: 1 });
    await using other = await connectDatabase({ ...test.options, poolSize: 1 });
    for (let i = 0; i < 20; i += 1) {
      const transaction = database.db.transaction(async (tx) => {
        await terminate(other, await sessionOf(tx));
        for (;;) await tx.execute(sql`select 1`);
      });
      await expect(transaction).rejects.toThrow(/Failed query|CONNECTION_CLOSED|terminating connection/);
      await connectedAgain(database);
    }
  });

  // Of https://github.com/porsager/postgres/issues/1146: the failure of the settings closed the connection, which failed the settings.
  it("survives connections that are reset while their settings are set", async () => {
    await using test = await createTestDatabase("postgres");
    const target = new URL(test.options.databaseUrl!);
    let resets = 0;
    await using server = createServer((client) => {
      const upstream = connect(Number(target.port), target.hostname);
      client.on("data", (bytes) => {
        if (resets === 3 || !bytes.includes("enable_seqscan")) return void upstream.write(bytes);
        resets += 1;
        client.resetAndDestroy();
      });
      upstream.on("data", (bytes) => client.write(bytes));
      client.on("close", () => upstream.destroy());
      upstream.on("close", () => client.destroy());
      for (const socket of [client, upstream]) socket.on("error", () => undefined);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const proxied = new URL(target);
    proxied.port = String((server.address() as AddressInfo).port);
    await using database = await connectDatabase({ ...test.options, databaseUrl: proxied.href, poolSize: 1 });
    await connectedAgain(database);
    expect(resets).toBe(3);
  });

  // https://github.com/porsager/postgres/issues/1216
  it("executes no statement of a transaction that lost its connection inside another one", async () => {
    await using test = await createTestDatabase("postgres");
    await using database = await connectDatabase({ ...test.options, poolSize: 1 });
    await using other = await connectDatabase({ ...test.options, poolSize: 1 });
    await other.db.execute(sql`create table things (name text)`);
    const [lost, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let late: unknown;
    const first = database.db.transaction(async (tx) => {
      await terminate(other, await sessionOf(tx));
      while (!((await tx.execute(sql`select 1`).catch((error: unknown) => error)) instanceof Error));
      lost.resolve();
      await second.promise;
      late = await tx.execute(sql`insert into things values ('late')`).catch((error: unknown) => error);
    });
    await expect(first).rejects.toThrow(/Failed query|CONNECTION_CLOSED|terminating connection/);
    await lost.promise;
    await connectedAgain(database);
    await database.db.transaction(async (tx) => {
      await tx.execute(sql`insert into things values ('second')`);
      second.resolve();
      await expect.poll(() => late).toBeInstanceOf(Error);
    });
    expect(rowsOf(await other.db.execute(sql`select name from things`))).toEqual([{ name: "second" }]);
  });
});

async function sessionOf(db: Db): Promise<number> {
  return rowsOf<{ pid: number }>(await db.execute(sql`select pg_backend_pid() as pid`))[0]!.pid;
}

/** The first statement after a loss may still fail with the reason of the loss. */
async function connectedAgain({ db }: Database): Promise<void> {
  await expect.poll(() => db.execute(sql`select 1`).then(Boolean, () => false)).toBe(true);
}

async function terminate({ db }: Database, session: number): Promise<void> {
  await db.execute(sql`select pg_terminate_backend(${session})`);
}

describe("the embedded database", () => {
  it("survives a failing block of several statements while others use the connection", async () => {
    await using test = await createTestDatabase("pglite");
    await using database = await connectDatabase(test.options);
    const executeSql = database.bossOptions.db?.executeSql.bind(database.bossOptions.db);
    const answers = await Promise.allSettled([
      executeSql?.("begin; select 1/0; commit"),
      database.db.execute(sql`select 1 as one`),
      database.db.transaction((tx) => tx.execute(sql`select 2 as two`)),
    ]);
    expect(answers.map((answer) => answer.status)).toEqual(["rejected", "fulfilled", "fulfilled"]);
  });
});
