import { fileURLToPath } from "node:url";
import { anybody, connectDatabase, listExecutions, removeExpiredSubmissionKeys } from "@strategy-executor/db";
import { createTestDatabase, describeDatabases } from "@strategy-executor/db/testing";
import { expect, it } from "vitest";
import { type Service, startService } from "../../testing/service.ts";
import { as, maxAtOnce, startOf, submit } from "../../testing/submitting.ts";

const strategiesDir = fileURLToPath(new URL("../../testing/strategies", import.meta.url));
const crossover = { strategy_name: "MovingAverageCrossover" };

describeDatabases("a submission", (create) => {
  it("under a used key returns the first execution and creates no second one", async () => {
    await using test = await create();
    await using service = await startService(test.options, { works: false });
    const submission = { ...crossover, parameters: { short_window: 5, long_window: 9 }, idempotency_key: "k-1" };
    const first = await submit(service.ctx, submission);
    expect(await submit(service.ctx, submission)).toBe(first);
    const reordered = { idempotency_key: "k-1", parameters: { long_window: 9, short_window: 5 }, ...crossover };
    expect(await submit(service.ctx, reordered)).toBe(first);
    await expect(submit(service.ctx, { ...submission, parameters: {} })).rejects.toMatchObject({
      code: "conflict",
      fields: [{ path: "idempotency_key" }],
    });
    // Keys are separate for each client.
    expect(await submit(as(service.ctx, "other"), { ...submission, parameters: {} })).not.toBe(first);
    expect((await listExecutions(service.database.db, { owner: anybody, limit: 10 })).items).toHaveLength(2);
  });

  it("sent many times at once under one key creates one execution", async () => {
    await using test = await create();
    await using service = await startService(test.options, { works: false });
    const submission = { ...crossover, idempotency_key: "once" };
    const ids = await Promise.all(Array.from({ length: 20 }, () => submit(service.ctx, submission)));
    expect(new Set(ids).size).toBe(1);
    expect((await listExecutions(service.database.db, { owner: anybody, limit: 10 })).items).toHaveLength(1);
  });

  it("creates one execution for each key of a client, in whatever order and process they arrive together", async () => {
    await using stack = new AsyncDisposableStack();
    const test = stack.use(await create());
    const start = async () => stack.use(await startService(test.options, { works: false }));
    const one = await start();
    // An embedded database has one process.
    const other = test.options.databaseUrl === undefined ? one : await start();
    const keyed = ["a", "b", "c", null].flatMap((client) =>
      Array.from({ length: 12 }, (_, number) => ({
        client,
        submission: { ...crossover, idempotency_key: `k${number}` },
      })),
    );
    const send = ({ ctx }: Service, wanted: typeof keyed) =>
      Promise.all(wanted.map(({ client, submission }) => submit(client === null ? ctx : as(ctx, client), submission)));
    const unkeyed = (service: Service) => Promise.all(keyed.map(() => submit(service.ctx, crossover)));
    const [first, backwards, again, ...plain] = await Promise.all([
      send(one, keyed),
      send(other, keyed.toReversed()),
      send(one, keyed),
      unkeyed(one),
      unkeyed(other),
    ]);
    expect(backwards.toReversed()).toEqual(first);
    expect(again).toEqual(first);
    const all = new Set([...first, ...plain.flat()]);
    expect(all.size).toBe(3 * keyed.length);
    // One of them with other content is refused alone.
    const changed = { ...crossover, parameters: { short_window: 7 }, idempotency_key: "k0" };
    const outcomes = await Promise.allSettled([
      submit(one.ctx, crossover),
      submit(one.ctx, changed),
      submit(one.ctx, { ...changed, idempotency_key: "new" }),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    const { items } = await listExecutions(one.database.db, { owner: anybody, limit: 500 });
    expect(items).toHaveLength(all.size + 2);
  });

  it("under an expired key creates a new one, while expired keys are removed", async () => {
    await using test = await create();
    await using service = await startService(test.options, { works: false });
    const { db } = service.database;
    const keyed = Array.from({ length: 20 }, (_, number) => ({ ...crossover, idempotency_key: `k${number}` }));
    const submitAll = () => Promise.all(keyed.map((one) => submit(service.ctx, one)));
    const seen = new Set(await submitAll());
    for (let round = 1; round < 10; round += 1) {
      await db.execute("update idempotency_keys set created_at = now() - interval '25 hours'");
      const [ids] = await Promise.all([submitAll(), removeExpiredSubmissionKeys(db)]);
      ids.forEach((id) => seen.add(id));
      expect(seen.size).toBe(20 * (round + 1));
      expect(await submitAll()).toEqual(ids);
    }
  });

  it("does not wait for another client's backlog, and an urgent one goes first", async () => {
    await using test = await create();
    await using accepting = await startService(test.options, { works: false });
    const many: number[] = [];
    for (let count = 0; count < 40; count += 1) many.push(await submit(as(accepting.ctx, "many"), crossover));
    const late = await submit(as(accepting.ctx, "one"), crossover);
    const unimportant = await submit(as(accepting.ctx, "third"), { ...crossover, priority: "low" });
    const urgent = await submit(as(accepting.ctx, "many"), { ...crossover, priority: "high" });
    await accepting[Symbol.asyncDispose]();

    await using working = await startService(test.options, { threads: 1 });
    const all = [...many, late, unimportant, urgent];
    const started: number[] = [];
    for (const id of all) started.push(await startOf(working.ctx, id));
    const order = all.toSorted((a, b) => started[all.indexOf(a)]! - started[all.indexOf(b)]!);
    // Some are fetched together.
    expect(order.indexOf(urgent)).toBeLessThan(8);
    expect(order.indexOf(late)).toBeLessThan(8);
    expect(order.indexOf(unimportant)).toBeGreaterThan(order.length - 8);
  });

  it("is refused while the backlog is full, and accepted once it has drained", async () => {
    await using test = await create();
    await using accepting = await startService(test.options, { works: false, maxBacklog: 5 });
    const ids: number[] = [];
    const fill = async () => {
      for (;;) ids.push(await submit(accepting.ctx, crossover));
    };
    await expect(fill()).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringContaining("wait already"),
    });
    expect(ids.length).toBeLessThanOrEqual(6);
    await accepting[Symbol.asyncDispose]();
    await using working = await startService(test.options, { maxBacklog: 5 });
    for (const id of ids) await startOf(working.ctx, id);
    await expect.poll(() => submit(working.ctx, crossover).then(() => true), { timeout: 10_000 }).toBe(true);
  });

  it("waits while its client or strategy is at its concurrency limit", async () => {
    await using test = await create();
    const limits = { perClient: 3, perStrategy: new Map([["Unhurried", 2]]) };
    await using service = await startService(test.options, { strategiesDir, threads: 3, limits });
    const [most, ended] = await maxAtOnce(service.ctx, 16, async () => {
      for (let count = 0; count < 8; count += 1) {
        await submit(as(service.ctx, "a"), { strategy_name: "Unhurried", parameters: { end_date: "2004-06-30" } });
        await submit(as(service.ctx, "b"), crossover);
      }
    });
    expect(ended).toBe(16);
    expect(most.get("Unhurried")).toBe(2);
    expect(most.get("MovingAverageCrossover")).toBeLessThanOrEqual(3);
  });
});

it("a submission is accepted at once beside one whose key another transaction holds", async () => {
  await using test = await createTestDatabase("postgres");
  await using service = await startService(test.options, { works: false });
  await using other = await connectDatabase(test.options);
  const held = { ...crossover, idempotency_key: "held" };
  const all = await other.db.transaction(async (tx) => {
    await tx.execute("insert into idempotency_keys (client, key, fingerprint) values ('local', 'held', '')");
    const others = Array.from({ length: 8 }, (_, number) => ({
      ...crossover,
      ...(number % 2 === 0 && { idempotency_key: `other-${number}` }),
    }));
    return Promise.allSettled([held, ...others].map((one) => submit(service.ctx, one)));
  });
  expect(all.map(({ status }) => status)).toEqual(["rejected", ...Array.from({ length: 8 }, () => "fulfilled")]);
  expect(all[0]).toMatchObject({ reason: { code: "unavailable" } });
  expect((await listExecutions(service.database.db, { owner: anybody, limit: 10 })).items).toHaveLength(8);
});
