import { startReceiver } from "@strategy-executor/core/testing";
import { bossStatements, connectDatabase, type Db } from "@strategy-executor/db";
import { audit, createTestDatabase, hasPgbouncer, startPgbouncer } from "@strategy-executor/db/testing";
import { describe, expect, it } from "vitest";
import { startServerProcess } from "../testing/server-process.ts";

describe.skipIf(!hasPgbouncer())("through PgBouncer in session mode", () => {
  it("sessions have the settings they need, also those that others used before", async () => {
    await using test = await createTestDatabase("postgres");
    await using pooler = await startPgbouncer(test.options.databaseUrl!);
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await using database = await connectDatabase({ databaseUrl: pooler.url });
      const settings = {
        enable_seqscan: "off",
        jit: "off",
        statement_timeout: "30s",
        lock_timeout: "8s",
        idle_in_transaction_session_timeout: "5s",
      };
      const all = Array.from({ length: 5 }, () => settingsOf(database.db, Object.keys(settings)));
      expect(await Promise.all(all)).toEqual(all.map(() => settings));
      const asyncCommit = { synchronous_commit: "off", plan_cache_mode: "force_custom_plan", statement_timeout: "10s" };
      expect(await settingsOf(database.asyncCommitDb, Object.keys(asyncCommit))).toEqual(asyncCommit);
    }
  });

  it("an accepting process and a worker execute, deliver and show events live", async () => {
    await using test = await createTestDatabase("postgres");
    await using pooler = await startPgbouncer(test.options.databaseUrl!);
    await using receiver = await startReceiver();
    const database = { databaseUrl: pooler.url };
    const ids: number[] = [];
    {
      await using api = await startServerProcess(database, { ROLE: "api" });
      await using worker = await startServerProcess(database, { ROLE: "worker" });
      const feed = await fetch(`${api.url}/trpc/watchExecutions?input=%7B%7D`);
      for (let count = 0; count < 20; count += 1) ids.push(await submit(api.url, receiver.url));
      await receiver.arrived(ids.length);
      const ended = new Set<number>();
      for await (const chunk of feed.body!.pipeThrough(new TextDecoderStream())) {
        for (const [, id] of chunk.matchAll(/"execution_id":(\d+),"strategy":"Slow","number":3/g))
          ended.add(Number(id));
        if (ended.size === ids.length) break;
      }
      expect(await worker.end("SIGTERM")).toBe(0);
      expect(await api.end("SIGTERM")).toBe(0);
    }
    expect(receiver.received.map(({ body }) => body.execution_id).toSorted((a, b) => a - b)).toEqual(ids);
    await using direct = await connectDatabase(test.options);
    expect((await audit(direct.db)).violations).toEqual([]);
  });
});

async function submit(url: string, callback_url: string): Promise<number> {
  const response = await fetch(`${url}/strategies/execute/`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ strategy_name: "Slow", parameters: { milliseconds: 1 }, callback_url }),
  });
  return ((await response.json()) as { execution_id: number }).execution_id;
}

async function settingsOf(db: Db, names: readonly string[]): Promise<Record<string, string>> {
  const columns = names.map((name) => `current_setting('${name}') as ${name}`).join(", ");
  const { rows } = await bossStatements(db).executeSql(`select ${columns}`);
  return rows[0] as Record<string, string>;
}
