import { bossStatements, connectDatabase, type Db, insertExecutions, isUnavailable } from "@strategy-executor/db";
import {
  createTestDatabase,
  describeDatabases,
  startExecution,
  type TestDatabase,
} from "@strategy-executor/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Service, startService } from "../../testing/service.ts";
import type { Ctx } from "../operation.ts";
import { feedCursor, watchExecutions } from "./watch-executions.ts";

const execution = { strategy: "S", version: "1", parameters: {}, executionParameters: {}, callbackUrl: null };
const manyEvents = 5_000;

describeDatabases("the feed over all executions", (create) => {
  let test: TestDatabase;
  let service: Service;
  let statements: string[];
  beforeAll(async () => {
    test = await create();
    const onStatement = (statement: string) => void (isFeedRead(statement) && statements.push(statement));
    service = await startService({ ...test.options, onStatement }, { works: false });
    statements = [];
    await bossStatements(service.database.db).executeSql(`
      with accepted as (
        insert into executions (client, strategy, version, parameters, execution_parameters)
        select 'other', 'S', '1', '{}', '{}' from generate_series(1, ${manyEvents}) returning id, event_transaction
      )
      insert into execution_events (execution_id, number, status, transaction)
      select id, 1, 'pending', event_transaction from accepted`);
  });
  afterAll(async () => {
    await service[Symbol.asyncDispose]();
    await test[Symbol.asyncDispose]();
  });

  it("reads new events once for all readers, whatever their filters", async () => {
    const after = await feedCursor(service.ctx);
    const idle = Array.from({ length: 20 }, () => read(as("mine"), { status: "completed", after }));
    const witness = read(as("other"), { after });
    await witness.saw(submit("other"));
    statements = [];
    for (let count = 0; count < 5; count += 1) await witness.saw(submit("other"));
    // Fewer than one for each reader and event. Not exactly one for each event: a signal may come during a read.
    expect(statements.length).toBeLessThan(20 * 5);
    await Promise.all([...idle, witness].map((reader) => reader.end()));
    expect(idle.flatMap(({ seen }) => seen)).toEqual([]);
    expect(service.ctx.events.size).toBe(0);
  });

  it("looks once at events that do not match, and not again at each wake", async () => {
    const reader = read(as("mine"), { after: "0-0-0" });
    const own = await submit("mine");
    await reader.saw(own);
    expect(reader.seen).toEqual([`${own} 1`]);
    statements = [];
    for (let count = 0; count < 5; count += 1) await reader.saw(submit("mine"));
    // One page holds 1,000 of the 5,000 events of the other client.
    expect(statements.length).toBeLessThan(5 * 5);
    await reader.end();
  });

  it("gives a reader that is far behind everything once and in order, while more is written", async () => {
    const reader = read(as("other"), { after: "0-0-0" });
    const live = read(as("other"), { after: await feedCursor(service.ctx) });
    const ids: number[] = [];
    for (let count = 0; count < 60; count += 1) {
      ids.push(await submit("other"));
      if (count % 2 === 0) await startExecution(service.database.db, ids.at(-1)!);
      service.signals.send("events", String(ids.at(-1)));
    }
    const expected = ids.flatMap((id, index) => (index % 2 === 0 ? [`${id} 1`, `${id} 2`] : [`${id} 1`]));
    await live.until(() => new Set(expected).isSubsetOf(new Set(live.seen)));
    await reader.until(
      () => reader.seen.length >= manyEvents + expected.length && new Set(expected).isSubsetOf(new Set(reader.seen)),
    );
    expect(new Set(reader.seen).size).toBe(reader.seen.length);
    expect(reader.seen.filter((event) => expected.includes(event))).toEqual(
      live.seen.filter((event) => expected.includes(event)),
    );
    await Promise.all([reader.end(), live.end()]);
  });

  it("keeps for a reader what came while it was away", async () => {
    const first = read(as("mine"), { after: await feedCursor(service.ctx) });
    await first.saw(submit("mine"));
    await first.end();
    const missed = [await submit("mine"), await submit("mine")];
    const again = read(as("mine"), { after: first.cursor! });
    await again.until(() => again.seen.length === 2);
    expect(again.seen).toEqual(missed.map((id) => `${id} 1`));
    await again.end();
  });

  it.each([
    ["of another epoch", "1-1-1-deadbeef"],
    ["beyond the end, from before the cluster was set back", "9000000000000000000-1-1"],
  ])("refuses a cursor %s", async (_which, after) => {
    const first = watchExecutions(service.ctx, { after }, new AbortController().signal).next();
    await expect(first).rejects.toMatchObject({ name: "DomainError", code: "cursor_expired" });
  });

  function as(client: string): Ctx {
    return { ...service.ctx, client: { id: client, scopes: new Set(["read"]) } };
  }

  async function submit(client: string): Promise<number> {
    const [inserted] = await insertExecutions(service.database.db, [{ ...execution, client }], null);
    service.signals.send("events", String(inserted!.id));
    return inserted!.id;
  }
});

describe("the feed on PostgreSQL", () => {
  it("waits for a transaction that is open, and then gives its events and the later ones", async () => {
    await using test = await createTestDatabase("postgres");
    await using service = await startService(test.options, { works: false });
    await using other = await connectDatabase(test.options);
    const reader = read(service.ctx, { after: await feedCursor(service.ctx) });
    const insert = async (db: Db) => (await insertExecutions(db, [{ ...execution, client: "local" }], null))[0]!.id;
    let late = 0;
    let early = 0;
    await other.db.transaction(async (tx) => {
      late = await insert(tx);
      early = await insert(service.database.db);
      service.signals.send("events", String(early));
      await reader.until(() => service.ctx.events.size === 1);
      expect(reader.seen).toEqual([]);
    });
    await reader.until(() => reader.seen.length === 2);
    expect(reader.seen).toEqual([`${late} 1`, `${early} 1`]);
    await reader.end();
  });

  it("loses nothing when the database drops the connections of its readers", async () => {
    await using test = await createTestDatabase("postgres");
    await using service = await startService(test.options, { works: false });
    await using other = await connectDatabase(test.options);
    const seen: string[] = [];
    const ids: number[] = [];
    let cursor = await feedCursor(service.ctx);
    const stop = new AbortController();
    const following = (async () => {
      while (!stop.signal.aborted) {
        try {
          for await (const next of watchExecutions(service.ctx, { after: cursor }, stop.signal)) {
            cursor = next.cursor;
            seen.push(`${next.event.execution_id} ${next.event.number}`);
          }
        } catch (error) {
          if (!isUnavailable(error)) throw error;
        }
      }
    })();
    for (let round = 0; round < 5; round += 1) {
      for (let count = 0; count < 10; count += 1) {
        const [inserted] = await insertExecutions(other.db, [{ ...execution, client: "local" }], null);
        ids.push(inserted!.id);
        service.signals.send("events", String(inserted!.id));
      }
      await bossStatements(other.db).executeSql(`
        select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid() and query like '%execution_events%'`);
    }
    await expect.poll(() => seen.length, { timeout: 20_000 }).toBe(ids.length);
    expect(seen).toEqual(ids.map((id) => `${id} 1`));
    stop.abort();
    await following;
  });
});

interface Reader {
  readonly seen: string[];
  readonly cursor: string | undefined;
  /** Waits until the first event of the execution has come. */
  saw(id: number | Promise<number>): Promise<void>;
  until(holds: () => boolean): Promise<void>;
  end(): Promise<void>;
}

function read(ctx: Ctx, filter: Parameters<typeof watchExecutions>[1]): Reader {
  const seen: string[] = [];
  const stop = new AbortController();
  let cursor: string | undefined;
  const following = (async () => {
    for await (const next of watchExecutions(ctx, filter, stop.signal)) {
      cursor = next.cursor;
      seen.push(`${next.event.execution_id} ${next.event.number}`);
    }
  })();
  const until = (holds: () => boolean) => expect.poll(holds, { timeout: 30_000, interval: 5 }).toBe(true);
  return {
    seen,
    get cursor() {
      return cursor;
    },
    async saw(id) {
      const event = `${await id} 1`;
      await until(() => seen.includes(event));
    },
    until,
    async end() {
      stop.abort();
      await following;
    },
  };
}

function isFeedRead(statement: string): boolean {
  return statement.includes("pg_snapshot_xmin");
}
