import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { audit, debianPostgres, startPostgres } from "@strategy-executor/db/testing";
import { startTcpProxy, startTestApp } from "@strategy-executor/server/testing";
import { describe, expect, it } from "vitest";
import { type Client, createClient, type FeedUpdate } from "./index.ts";

const bin = debianPostgres();
const run = promisify(execFile);

describe.skipIf(bin === null)("after pg_dump and pg_restore into a new cluster of PostgreSQL 15", () => {
  it("old cursors are refused, clients begin anew, and each new event comes once", async () => {
    const folder = await mkdtemp(join(tmpdir(), "strategy-executor-restore-"));
    await using stack = new AsyncDisposableStack();
    stack.defer(() => rm(folder, { recursive: true }));
    const old = stack.use(await startPostgres({ bin: bin! }));
    const dump = join(folder, "service.dump");
    const proxy = stack.use(await startTcpProxy("http://127.0.0.1:1"));
    // The client library stays the same, and its feed stays open all the while.
    const client = createClient({ url: proxy.url });
    const stop = new AbortController();
    const feed = client.executions.watchAll({}, { signal: stop.signal });
    let cursor = "";
    const done: number[] = [];
    {
      await using app = await startTestApp({ databaseUrl: old.url }, {});
      proxy.leadTo(app.address);
      // The counter of the old cluster runs ahead of what the new one begins with.
      await burnTransactions(old.url, 5_000);
      expect((await next(feed)).kind).toBe("start");
      for (let count = 0; count < 3; count += 1) done.push(await submit(client));
      const seen = await untilEnded(feed, done);
      cursor = seen.at(-1)!.cursor;
      await run(join(bin!, "pg_dump"), ["--format=custom", `--file=${dump}`, old.url]);
    }
    proxy.leadTo(null);
    await using fresh = await startPostgres({ bin: bin! });
    await run(join(bin!, "pg_restore"), ["--no-owner", `--dbname=${fresh.url}`, dump]);
    const app = stack.use(await startTestApp({ databaseUrl: fresh.url }, {}));
    proxy.leadTo(app.address);

    // The open feed has reconnected with its old cursor, and begins anew.
    const restarted = await next(feed);
    expect(restarted).toMatchObject({ kind: "start", cursor: expect.stringMatching(/-[0-9a-f]{8}$/) });
    const later = [await submit(client), await submit(client)];
    const seen = await untilEnded(feed, later);
    expect(seen.map(({ event }) => `${event.execution_id} ${event.number}`).toSorted()).toEqual(
      later.flatMap((id) => [1, 2, 3].map((number) => `${id} ${number}`)).toSorted(),
    );
    stop.abort();

    // Other clients are told so.
    const refused = client.procedures.watchExecutions.subscribe({ after: cursor })[Symbol.asyncIterator]().next();
    await expect(refused).rejects.toMatchObject({
      message: expect.stringContaining("read the list of executions and begin a new feed"),
      data: { code: "PRECONDITION_FAILED", httpStatus: 412 },
    });
    // What was restored is there, and a feed from its cursor gives what came after.
    expect((await client.executions.list()).executions.map(({ execution_id }) => execution_id)).toEqual(
      [...done, ...later].toSorted((a, b) => b - a),
    );
    expect((await audit(app.ctx.database.db)).violations).toEqual([]);

    // A second start of the same cluster keeps the epoch.
    await using _again = await startTestApp({ databaseUrl: fresh.url }, {});
    expect(_again.ctx.database.feedEpoch).toBe(app.ctx.database.feedEpoch);
  });
});

async function submit(client: Client): Promise<number> {
  return (await client.execute("Slow" as "MovingAverageCrossover", { milliseconds: 1 } as object)).execution_id;
}

async function next(feed: AsyncGenerator<FeedUpdate>): Promise<FeedUpdate> {
  const { value } = await feed.next();
  return value as FeedUpdate;
}

/** The events up to those that end all of the executions. */
async function untilEnded(feed: AsyncGenerator<FeedUpdate>, ids: readonly number[]) {
  const seen: Extract<FeedUpdate, { kind: "event" }>[] = [];
  while (seen.filter(({ event }) => event.status === "completed").length < ids.length) {
    const update = await next(feed);
    if (update.kind !== "event") throw new Error("The feed began anew");
    seen.push(update);
  }
  return seen;
}

/** Hands out so many transaction ids. */
async function burnTransactions(url: string, count: number): Promise<void> {
  const block = `do $$ begin for n in 1..${count} loop perform pg_current_xact_id(); commit; end loop; end $$`;
  await run(join(bin!, "psql"), ["--quiet", "--command", block, url]);
}
