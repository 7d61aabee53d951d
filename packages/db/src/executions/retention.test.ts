import { sql } from "drizzle-orm";
import { expect, it } from "vitest";
import type { Db } from "../connection/database.ts";
import { connectDatabase } from "../connection/connect.ts";
import { listExecutions } from "./executions.ts";
import { anybody } from "../access/owner.ts";
import { removeExpiredSubmissionKeys } from "./idempotency-keys.ts";
import { removeExpiredExecutions } from "./retention.ts";
import { rowsOf } from "../connection/rows.ts";
import { describeDatabases, insertExecution, openAttempt, settleExecution, startExecution } from "../testing/index.ts";

const tables = ["executions", "execution_events", "execution_series", "callbacks", "delivery_attempts"];

describeDatabases("retention", (create) => {
  it("removes expired executions with their dependent rows, in batches, and nothing else", async () => {
    await using test = await create();
    await using database = await connectDatabase(test.options);
    const { db } = database;
    const old = [await ended(db), await ended(db), await ended(db)];
    const stuck = await insertExecution(db, execution);
    await db.execute(
      sql`update executions set accepted_at = now() - interval '10 days', completed_at = completed_at - interval '10 days'`,
    );
    const recent = await ended(db);

    const first = await removeExpiredExecutions(db, 0, 9, 2);
    expect(first).toEqual({ removed: 2, next: old[1] });
    const second = await removeExpiredExecutions(db, first.next ?? 0, 9, 2);
    expect(second).toEqual({ removed: 1, next: stuck });
    expect(await removeExpiredExecutions(db, second.next ?? 0, 9, 2)).toEqual({ removed: 0, next: null });
    expect((await listExecutions(db, { owner: anybody, limit: 10 })).items.map(({ id }) => id)).toEqual([
      recent,
      stuck,
    ]);
    expect(await Promise.all(tables.map((table) => count(db, table)))).toEqual([2, 4, 1, 2, 1]);
  });

  it("removes idempotency keys after a day", async () => {
    await using test = await create();
    await using database = await connectDatabase(test.options);
    const { db } = database;
    await db.execute(sql`
      insert into idempotency_keys (client, key, fingerprint, created_at)
      select 'a', 'old' || n, '', now() - interval '25 hours' from generate_series(1, 1000) n
      union all values ('a', 'oldest', '', now() - interval '26 hours'), ('a', 'new', '', now() - interval '23 hours')`);
    await removeExpiredSubmissionKeys(db);
    expect(rowsOf(await db.execute(sql`select key from idempotency_keys`))).toEqual([{ key: "new" }]);
  });
});

const execution = {
  client: "local",
  strategy: "S",
  version: "1",
  parameters: {},
  executionParameters: {},
  callbackUrl: "http://localhost/x",
};

async function ended(db: Db): Promise<number> {
  const id = await insertExecution(db, execution);
  await startExecution(db, id);
  await settleExecution(db, id, 1, { status: "completed", result: "{}", series: Buffer.from("{}") });
  await openAttempt(db, id);
  return id;
}

async function count(db: Db, table: string): Promise<number> {
  const [row] = rowsOf<{ n: number }>(await db.execute(sql`select count(*)::int as n from ${sql.identifier(table)}`));
  return row!.n;
}
