import { sql } from "drizzle-orm";
import { PgBoss } from "pg-boss";
import { describe, expect, it } from "vitest";
import { bossStatements } from "../queue/boss-statements.ts";
import { notify } from "./notify.ts";
import { connectDatabase } from "./connect.ts";
import { rowsOf } from "./rows.ts";
import { createEmptyDatabase, createTestDatabase, describeDatabases } from "../testing/index.ts";

describeDatabases("connectDatabase", (create, kind) => {
  it("migrates once when several processes start together, and is up to date when opened again", async () => {
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

  it("begins transactions behind as many statements as a connection takes", async () => {
    await using test = await create();
    await using database = await connectDatabase({ ...test.options, poolSize: 1 });
    const { db } = database;
    await db.execute(sql`create table things (n int)`);
    for (const before of [99, 100, 101]) {
      await db.execute(sql`select ${before}::int as n`);
      const statements = Array.from({ length: before }, async (_, n) => db.execute(sql`select ${n}::int as n`));
      const transaction = db.transaction(async (tx) => {
        await tx.execute(sql`insert into things values (${before})`);
        tx.rollback();
      });
      await expect(transaction).rejects.toThrow("Rollback");
      await Promise.all(statements);
    }
    expect(rowsOf(await db.execute(sql`select n from things`))).toEqual([]);
  });

  it("delivers a notification with the commit and none after a rollback", async () => {
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
    const boss = await new PgBoss(database.bossOptions).start();
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
