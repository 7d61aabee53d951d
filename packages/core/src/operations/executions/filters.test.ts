import { maxExamined } from "@strategy-executor/db";
import { describeDatabases, type TestDatabase } from "@strategy-executor/db/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startReceiver } from "../../testing/receiver.ts";
import { type Service, startService } from "../../testing/service.ts";
import {
  cancelExecutions,
  executeStrategy,
  getExecution,
  listExecutions,
  retryExecution,
  submitSweep,
} from "../index.ts";

describeDatabases("executions", (create) => {
  let database: TestDatabase;
  let service: Service;
  beforeAll(async () => {
    database = await create();
    service = await startService(database.options, { retryWaits: [3_600_000] });
  });
  afterAll(async () => {
    await service[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  const list = async (input: object): Promise<number[]> =>
    (await listExecutions.call(service.ctx, input)).executions.map(({ execution_id }) => execution_id);

  it("are listed by states, label and kind, with the figures of their results", async () => {
    const label = "by state";
    const [completed, failed] = [await run({ label }), await run({ label, parameters: { variant: "NONE" } })];
    const { execution_id: sweep } = await submitSweep.call(service.ctx, {
      strategy_name: "MovingAverageCrossover",
      grid: { axes: { short_window: [10, 20] } },
      label,
    });
    await ended(sweep);
    expect(await list({ label, status: "failed" })).toEqual([failed]);
    expect(await list({ label, status: "failed,completed" })).toEqual([sweep, failed, completed]);
    expect(await list({ label, status: "pending,running" })).toEqual([]);
    expect(await list({ label, kind: "sweep" })).toEqual([sweep]);
    expect(await list({ label, kind: "execution", status: "completed" })).toEqual([completed]);
    expect(await list({ label, strategy: "BoldAssetAllocation" })).toEqual([failed, completed]);
    expect(await list({ label, strategy: "BoldAssetAllocation", status: "completed" })).toEqual([completed]);
    expect(await list({ ids: `${completed},${sweep},999999` })).toEqual([sweep, completed]);
    const { executions } = await listExecutions.call(service.ctx, { label });
    const { result } = await getExecution.call(service.ctx, { execution_id: completed });
    expect(executions).toMatchObject([
      { kind: "sweep", final_value: expect.any(Number) },
      { kind: "execution", final_value: null, return: null },
      { kind: "execution", final_value: result!.final_value, return: result!.return, retry_of: null },
    ]);
    const pages = [await listExecutions.call(service.ctx, { label, limit: 2 })];
    pages.push(await listExecutions.call(service.ctx, { label, limit: 2, cursor: pages[0]!.next_cursor! }));
    expect(pages.map((page) => page.executions.map(({ execution_id }) => execution_id))).toEqual([
      [sweep, failed],
      [completed],
    ]);
  });

  it("are listed by what became of their callbacks", async () => {
    const label = "by callback";
    await using taking = await startReceiver();
    await using refusing = await startReceiver((res) => res.writeHead(500).end());
    const none = await run({ label });
    const delivered = await run({ label, callback_url: taking.url });
    const givenUp = await run({ label, callback_url: refusing.url });
    const due = await run({ label, callback_url: refusing.url, callback_max_attempts: 2 });
    await expect.poll(() => list({ label, callback: "delivered" }), { timeout: 10_000 }).toEqual([delivered]);
    await expect.poll(() => list({ label, callback: "given_up" }), { timeout: 10_000 }).toContain(givenUp);
    expect(await list({ label, callback: "due" })).toEqual([due]);
    expect(await list({ label, callback: "none" })).toEqual([none]);
    expect(await list({ label, callback: "given_up" })).toEqual([givenUp]);
    expect(await list({ label, callback: "waiting" })).toEqual([]);
    expect(await list({ label, callback: "delivered", status: "completed", strategy: "BoldAssetAllocation" })).toEqual([
      delivered,
    ]);
  });

  it("are listed by the receiver of their callbacks", async () => {
    const label = "by receiver";
    await using one = await startReceiver();
    await using other = await startReceiver((res) => res.writeHead(500).end());
    const delivered = await run({ label, callback_url: `${one.url}/a?b=c` });
    const capital = await run({ label, callback_url: `${one.url.replace("http://localhost", "HTTP://LocalHost")}#d` });
    const givenUp = await run({ label, callback_url: other.url });
    await run({ label });
    await expect.poll(() => list({ label, callback: "delivered" }), { timeout: 10_000 }).toEqual([capital, delivered]);
    const { origin } = new URL(one.url);
    expect(await list({ label, receiver: origin })).toEqual([capital, delivered]);
    expect(await list({ label, receiver: origin, callback: "delivered", status: "completed" })).toEqual([
      capital,
      delivered,
    ]);
    expect(await list({ label, receiver: origin, callback: "given_up" })).toEqual([]);
    await expect
      .poll(() => list({ label, receiver: new URL(other.url).origin, callback: "given_up" }), { timeout: 10_000 })
      .toEqual([givenUp]);
    // A longer port begins with the same digits.
    expect(await list({ label, receiver: origin.slice(0, -1) })).toEqual([]);
    expect(await list({ label, receiver: "mailto:" })).toEqual([]);
  });

  it("are examined up to a number where no index helps, and further on by cursor", async () => {
    const { db } = service.database;
    await db.execute(`
      with made as (
        insert into executions (client, strategy, version, status, parameters, execution_parameters, completed_at)
        select 'local', 'Rare', '1.0.0', case when n = 1 then 'failed' else 'completed' end, '{}', '{}', now()
        from generate_series(1, ${maxExamined + 100}) as n returning id, status
      )
      insert into callbacks (execution_id, url, state, sent)
      select id, 'https://rare.example/hook', 'ended', true from made where status = 'failed'`);
    const filters = [
      { strategy: "Rare", callback: "delivered" },
      { strategy: "Rare", receiver: "https://rare.example" },
      { receiver: "https://rare.example" },
      { receiver: "https://rare.example", status: "failed,completed" },
    ];
    for (const filter of filters) {
      const first = await listExecutions.call(service.ctx, { ...filter, limit: 1 });
      expect(first).toEqual({ executions: [], next_cursor: expect.any(String) });
      const second = await listExecutions.call(service.ctx, { ...filter, limit: 1, cursor: first.next_cursor! });
      expect(second).toMatchObject({ executions: [{ status: "failed" }] });
    }
    const without = await listExecutions.call(service.ctx, { strategy: "Rare", callback: "none", limit: 500 });
    expect(without).toMatchObject({ executions: { length: 500 }, next_cursor: expect.any(String) });
    await db.execute("delete from executions where strategy = 'Rare'");
    await db.execute("delete from callbacks where url = 'https://rare.example/hook'");
  });

  it("are listed by the time of their acceptance, whatever ids are missing", async () => {
    const { db } = service.database;
    // One a minute, in an hour of tomorrow, when no other test submits; every third is gone.
    const start = new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000 + 24 * 3_600_000);
    await db.execute(`
      insert into executions (client, strategy, version, status, label, parameters, execution_parameters, accepted_at, completed_at)
      select 'local', 'Timed', '1.0.0', 'completed', 'minute ' || n, '{}', '{}', at, at
      from (select n, timestamptz '${start.toISOString()}' + n * interval '1 minute' as at
        from generate_series(0, 59) as n) as minutes`);
    await db.execute(`delete from executions where strategy = 'Timed' and split_part(label, ' ', 2)::int % 3 = 0`);
    const at = (minute: number) => new Date(start.getTime() + minute * 60_000).toISOString();
    const minutes = async (input: object) =>
      (await listExecutions.call(service.ctx, { strategy: "Timed", limit: 500, ...input })).executions.map(
        ({ label }) => Number(label!.split(" ")[1]),
      );
    expect(await minutes({ since: at(10), until: at(14) })).toEqual([13, 11, 10]);
    expect(await minutes({ since: at(58) })).toEqual([59, 58]);
    expect(await minutes({ until: at(3) })).toEqual([2, 1]);
    expect(await minutes({ since: at(61) })).toEqual([]);
    expect(await minutes({ until: at(-60) })).toEqual([]);
    expect(await minutes({ since: at(12), until: at(12) })).toEqual([]);
    expect(await minutes({})).toHaveLength(40);
  });

  it("are listed by the beginning of their label, taken literally", async () => {
    const { db } = service.database;
    const labels = ["50%", "50% more", "500", "5_0", "5a0", "50\\", "\u{10FFFF}", "월말", "월말 2", "50é", "50e"];
    for (const label of labels) {
      await db.execute(`
        insert into executions (client, strategy, version, status, label, parameters, execution_parameters, completed_at)
        values ('local', 'Labelled', '1.0.0', 'completed', '${label}', '{}', '{}', now())`);
    }
    const found = async (label: string) =>
      (await listExecutions.call(service.ctx, { strategy: "Labelled", label })).executions
        .map((execution) => execution.label)
        .toSorted();
    for (const label of [...labels, "5", "월", "x", "50% "])
      expect(await found(label)).toEqual(labels.filter((one) => one.startsWith(label)).toSorted());
  });

  it.each([
    [{ status: "done" }, "status"],
    [{ status: "failed," }, "status"],
    [{ ids: "" }, "ids"],
    [{ ids: Array.from({ length: 21 }, (_, index) => index + 1).join(",") }, "ids"],
    [{ since: "yesterday" }, "since"],
    [{ callback: "lost" }, "callback"],
    [{ receiver: "example.org" }, "receiver"],
    [{ receiver: "https://example.org/path" }, "receiver"],
    [{ receiver: "ftp://example.org" }, "receiver"],
  ])("are not listed by %o", async (input, path) => {
    await expect(listExecutions.call(service.ctx, input)).rejects.toMatchObject({
      code: "invalid",
      fields: [{ path }],
    });
  });

  it("are cancelled by filter, after a dry run that changes nothing", async () => {
    const { db } = service.database;
    await db.execute(`
      insert into executions (client, strategy, version, label, parameters, execution_parameters)
      select client, 'Never', '1.0.0', 'to cancel', '{}', '{}'
      from (values ('local'), ('local'), ('local')) as own (client)`);
    const filter = { strategy: "Never", label: "to" };
    expect(await cancelExecutions.call(service.ctx, { ...filter, dry_run: true })).toEqual({
      cancelled: 3,
      next_cursor: null,
    });
    expect(await list({ ...filter, status: "pending" })).toHaveLength(3);
    const [one] = await list(filter);
    expect(await cancelExecutions.call(service.ctx, { ids: [one, 999_999] })).toMatchObject({ cancelled: 1 });
    const stranger = { ...service.ctx, client: { id: "stranger", scopes: new Set(["execute"] as const) } };
    expect(await cancelExecutions.call(stranger, filter)).toMatchObject({ cancelled: 0 });
    expect(await cancelExecutions.call(service.ctx, { ...filter, status: "running" })).toMatchObject({ cancelled: 0 });
    expect(await cancelExecutions.call(service.ctx, filter)).toEqual({ cancelled: 2, next_cursor: null });
    expect(await list({ ...filter, status: "cancelled" })).toHaveLength(3);
    await expect(cancelExecutions.call(service.ctx, { dry_run: true })).rejects.toMatchObject({ code: "invalid" });
    await expect(cancelExecutions.call(service.ctx, { status: "failed" })).rejects.toMatchObject({ code: "invalid" });
  });

  it("that failed or were cancelled are retried as new ones that name their origin", async () => {
    await using receiver = await startReceiver();
    const label = "again";
    const failed = await run({ label, parameters: { variant: "NONE" }, callback_url: receiver.url, priority: "high" });
    const { execution_id, retry_of } = await retryExecution.call(service.ctx, { execution_id: failed });
    expect(retry_of).toBe(failed);
    await ended(execution_id);
    expect(await getExecution.call(service.ctx, { execution_id })).toMatchObject({
      retry_of: failed,
      label,
      status: "failed",
      execution_parameters: { variant: "NONE" },
      callback: { url: receiver.url },
    });
    await receiver.arrived(2);
    const completed = await run({});
    await expect(retryExecution.call(service.ctx, { execution_id: completed })).rejects.toMatchObject({
      code: "conflict",
      message: `Execution ${completed} is completed: only a failed or cancelled one can be retried`,
    });
  });

  it("that are sweeps are retried as sweeps", async () => {
    const { execution_id: sweep } = await submitSweep.call(service.ctx, {
      strategy_name: "MovingAverageCrossover",
      parameters: { start_date: "2100-01-01" },
      grid: { axes: { short_window: [10, 20] } },
    });
    await ended(sweep);
    const { execution_id } = await retryExecution.call(service.ctx, { execution_id: sweep });
    await ended(execution_id);
    expect(await getExecution.call(service.ctx, { execution_id })).toMatchObject({ kind: "sweep", retry_of: sweep });
  });

  async function run(more: object): Promise<number> {
    const { execution_id } = await executeStrategy.call(service.ctx, { strategy_name: "BoldAssetAllocation", ...more });
    await ended(execution_id);
    return execution_id;
  }

  async function ended(execution_id: number): Promise<void> {
    const status = async () => (await getExecution.call(service.ctx, { execution_id })).status;
    await expect.poll(status, { timeout: 20_000 }).toMatch(/completed|failed|cancelled/);
  }
});
