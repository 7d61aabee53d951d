import { cancelExecution } from "@strategy-executor/db";
import { cancelSweep, getSweep, getSweepTable, submitSweep } from "@strategy-executor/core";
import { packSeries } from "@strategy-executor/core/series";
import {
  closeAttempt,
  describeDatabases,
  insertExecution,
  openAttempt,
  settleExecution,
  startExecution,
  type TestDatabase,
} from "@strategy-executor/db/testing";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { ask } from "../../testing/graphql-client.ts";
import { isBackground } from "../../testing/background.ts";
import { startTestApp, type TestApp } from "../../testing/test-app.ts";

describeDatabases("GraphQL linked fields", (create) => {
  let database: TestDatabase;
  let app: TestApp;
  let statements: string[] = [];
  let ids: readonly number[];
  beforeAll(async () => {
    database = await create();
    app = await startTestApp({
      ...database.options,
      onStatement: (statement) => !isBackground(statement) && statements.push(statement),
    });
    ids = await fill(app, 50);
  });
  beforeEach(() => {
    statements = [];
  });
  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  it("read callback, attempts and strategy of 50 executions with two statements", async () => {
    const { data, errors } = await ask(
      app.address,
      `{ executions(first: 50) { edges { node {
        executionId status callback { url sent response { statusCode } } strategyDetails { name description }
        deliveryAttempts(first: 3) { edges { node { number response { statusCode error } } } pageInfo { hasNextPage } }
      } } } }`,
    );
    expect(errors).toBeUndefined();
    const nodes = data.executions.edges.map(({ node }: { node: object }) => node);
    expect(nodes).toHaveLength(50);
    expect(nodes[0]).toEqual({
      executionId: String(ids[49]),
      status: "CANCELLED",
      callback: { url: "http://localhost/49", sent: true, response: { statusCode: 200 } },
      strategyDetails: { name: "BoldAssetAllocation", description: expect.any(String) },
      deliveryAttempts: {
        edges: [
          { node: { number: 5, response: { statusCode: 200, error: null } } },
          { node: { number: 4, response: { statusCode: null, error: "Interrupted" } } },
          { node: { number: 3, response: { statusCode: null, error: "Interrupted" } } },
        ],
        pageInfo: { hasNextPage: true },
      },
    });
    expect(statements).toHaveLength(2);
  });

  it("read results and series of 50 executions with three statements", async () => {
    const { data, errors } = await ask(
      app.address,
      `{ executions(first: 50) { edges { node { executionId result { finalValue metrics { sharpe } own } series(every: 2) {
        ... on Series { dates equity } ... on DomainError { code message }
      } } } } }`,
    );
    expect(errors).toBeUndefined();
    const [newest, second] = data.executions.edges.map(({ node }: { node: object }) => node);
    expect(second).toEqual({
      executionId: String(ids[48]),
      result: { finalValue: 48, metrics: null, own: { note: { snake_case: 48 } } },
      series: { dates: ["2024-01-02", "2024-01-04"], equity: [1, 48] },
    });
    expect(newest).toEqual({
      executionId: String(ids[49]),
      result: null,
      series: { code: "CONFLICT", message: `Execution ${ids[49]} is cancelled: only a completed one has series` },
    });
    expect(statements).toHaveLength(3);
  });

  it("read the executions of all strategies, and back, with one statement", async () => {
    const { data, errors } = await ask(
      app.address,
      `{ strategies { name executions(first: 2, status: COMPLETED) {
        edges { cursor node { executionId strategy strategyDetails { name } } } pageInfo { hasNextPage endCursor }
      } } }`,
    );
    expect(errors).toBeUndefined();
    const named = (wanted: string) => data.strategies.find(({ name }: { name: string }) => name === wanted);
    const [bold, crossover] = [named("BoldAssetAllocation"), named("MovingAverageCrossover")];
    expect(bold.executions.edges).toEqual(
      [48, 46].map((index) => ({
        cursor: String(ids[index]),
        node: {
          executionId: String(ids[index]),
          strategy: "BoldAssetAllocation",
          strategyDetails: { name: "BoldAssetAllocation" },
        },
      })),
    );
    expect(bold.executions.pageInfo).toEqual({ hasNextPage: true, endCursor: String(ids[46]) });
    expect(crossover).toEqual({
      name: "MovingAverageCrossover",
      executions: { edges: [], pageInfo: { hasNextPage: false, endCursor: null } },
    });
    expect(statements).toHaveLength(1);
  });

  it("page through executions and attempts by cursor", async () => {
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const { data } = await ask(
        app.address,
        `query ($after: String) { executions(first: 20, after: $after, filter: { strategy: "BoldAssetAllocation" }) {
          edges { node { executionId } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        } }`,
        { after },
      );
      const { edges, pageInfo } = data.executions;
      expect(pageInfo.hasPreviousPage).toBe(after !== null);
      seen.push(...edges.map(({ node }: { node: { executionId: string } }) => node.executionId));
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after !== null);
    expect(seen).toEqual(ids.toReversed().map(String));

    const { data } = await ask(
      app.address,
      `query ($id: ID!) { execution(id: $id) { ... on Execution {
        newest: deliveryAttempts(first: 2) { edges { cursor node { number } } }
        older: deliveryAttempts(first: 2, after: "4") { edges { cursor node { number } } }
        all: deliveryAttempts { edges { node { number } } }
      } } }`,
      { id: ids[49] },
    );
    const numbers = (page: "newest" | "older" | "all") =>
      data.execution[page].edges.map(({ node }: { node: { number: number } }) => node.number);
    expect(numbers("newest")).toEqual([5, 4]);
    expect(numbers("older")).toEqual([3, 2]);
    expect(numbers("all")).toEqual([5, 4, 3, 2, 1]);
  });

  it("refuse bad arguments with the caller's field names", async () => {
    const refused = async (query: string) => (await ask(app.address, query)).errors?.[0]?.extensions;
    const field = (path: string) => ({ code: "INVALID", fields: [{ path, message: expect.any(String) }] });
    expect(await refused("{ executions(first: 501) { edges { cursor } } }")).toEqual(field("first"));
    expect(await refused('{ executions(after: "x") { edges { cursor } } }')).toEqual(field("after"));
    expect(await refused("{ strategies { executions(first: -1) { edges { cursor } } } }")).toEqual(field("first"));
    expect(
      await refused('{ executions { edges { node { deliveryAttempts(after: "0") { edges { cursor } } } } } }'),
    ).toEqual(field("after"));
    const { data } = await ask(
      app.address,
      `query ($id: ID!) { execution(id: $id) { ... on Execution {
        series(every: 0) { ... on DomainError { code fields { path } } }
      } } }`,
      { id: ids[48] },
    );
    expect(data.execution.series).toEqual({ code: "INVALID", fields: [{ path: "every" }] });
  });

  it("find an execution by its global id and by its number", async () => {
    const query = `query ($id: ID!) { execution(id: $id) { __typename ... on Execution { id executionId } ... on DomainError { code message } } }`;
    const byNumber = await ask(app.address, query, { id: ids[0] });
    const { id } = byNumber.data.execution;
    expect(byNumber.data.execution).toEqual({ __typename: "Execution", id, executionId: String(ids[0]) });
    expect(Buffer.from(id, "base64").toString()).toBe(`Execution:${ids[0]}`);
    for (const same of [id, String(ids[0])])
      expect((await ask(app.address, query, { id: same })).data).toEqual(byNumber.data);

    const strategy = Buffer.from("Strategy:BoldAssetAllocation").toString("base64");
    const refused = async (unknown: string) => (await ask(app.address, query, { id: unknown })).data.execution;
    expect(await refused("999999")).toEqual({
      __typename: "DomainError",
      code: "NOT_FOUND",
      message: "There is no execution 999999",
    });
    for (const unknown of ["99999999999999999999", "0", "-1", "1.5", "nonsense", strategy, ""]) {
      expect(await refused(unknown)).toEqual({
        __typename: "DomainError",
        code: "INVALID",
        message: 'id: must be the number of an execution, such as "12", or its global id',
      });
    }
  });

  it("take ids as texts, as numbers and as global ids in every place, and name the argument of others", async () => {
    const global = (type: string, id: number) => Buffer.from(`${type}:${id}`).toString("base64");
    const query = `query ($filter: ExecutionFilter) { executions(filter: $filter) { nodes { executionId } } }`;
    const [first, second, third] = [ids[0]!, ids[1]!, ids[2]!];
    const listed = [first, String(second), global("Execution", third)];
    const { data } = await ask(app.address, query, { filter: { ids: listed } });
    expect(data.executions.nodes).toEqual([third, second, first].map((id) => ({ executionId: String(id) })));
    const refusals = [
      [{ ids: [first, "one"] }, "filter.ids.1", "an execution"],
      [{ scheduleId: "x" }, "filter.scheduleId", "a schedule"],
      [{ scheduleId: global("Execution", first) }, "filter.scheduleId", "a schedule"],
    ] as const;
    for (const [filter, path, what] of refusals) {
      const message = `must be the number of ${what}, such as "12", or its global id`;
      expect((await ask(app.address, query, { filter })).errors).toMatchObject([
        { message: `${path}: ${message}`, extensions: { code: "INVALID", fields: [{ path, message }] } },
      ]);
    }
    const pause =
      "mutation ($id: ID!) { pauseSchedule(id: $id) { ... on DomainError { code message fields { path } } } }";
    expect((await ask(app.address, pause, { id: "S" })).data.pauseSchedule).toEqual({
      code: "INVALID",
      message: 'id: must be the number of a schedule, such as "12", or its global id',
      fields: [{ path: "id" }],
    });
  });

  it("read any node by its global id, and null for an unknown one", async () => {
    const query = `query ($id: ID!) { node(id: $id) { __typename id ... on Execution { status } ... on Strategy { name } } }`;
    const read = async (node: string) => {
      const id = Buffer.from(node).toString("base64");
      const { data } = await ask(app.address, query, { id });
      return data.node === null ? null : { ...data.node, id: data.node.id === id };
    };
    expect(await read(`Execution:${ids[0]}`)).toEqual({ __typename: "Execution", id: true, status: "COMPLETED" });
    expect(await read("Strategy:Slow")).toEqual({ __typename: "Strategy", id: true, name: "Slow" });
    expect(await read("Strategy:Nope")).toBeNull();
    for (const type of ["Execution", "Sweep", "Schedule"]) {
      for (const id of ["999999", "0", "x"]) expect(await read(`${type}:${id}`)).toBeNull();
    }
  });

  it("read the tables of many sweeps with two statements, beside the reason of one that has none", async () => {
    const grid = { axes: { short_window: [5, 10, 15], long_window: [30, 40] } };
    const sweep = { strategy_name: "MovingAverageCrossover", grid };
    const slowGrid = { axes: { milliseconds: [60_000, 60_001] } };
    const sweepIds: number[] = [];
    for (let count = 0; count < 4; count += 1) {
      sweepIds.push((await submitSweep.call(app.ctx, sweep)).execution_id);
    }
    const isCompleted = async (execution_id: number) =>
      (await getSweep.call(app.ctx, { execution_id })).status === "completed";
    await expect
      .poll(async () => (await Promise.all(sweepIds.map(isCompleted))).every(Boolean), { timeout: 20_000 })
      .toBe(true);
    const { execution_id: cancelled } = await submitSweep.call(app.ctx, { strategy_name: "Slow", grid: slowGrid });
    await cancelSweep.call(app.ctx, { execution_id: cancelled });

    statements = [];
    const { data, errors } = await ask(
      app.address,
      `{ sweeps(first: 5) { edges { node { executionId table(first: 2, after: "2") {
        __typename ... on SweepTable { columns rows nextCursor } ... on DomainError { message }
      } } } } }`,
    );
    expect(errors).toBeUndefined();
    // The page of sweeps, what their tables are read by, and the chunks.
    expect(statements.filter((statement) => /from "(?:sweeps|sweep_steps)"/.test(statement))).toHaveLength(3);
    const [first, ...rest] = data.sweeps.edges.map(({ node }: { node: object }) => node);
    expect(first).toMatchObject({
      executionId: String(cancelled),
      table: { message: `Sweep ${cancelled} is cancelled: only a completed one has a table` },
    });
    expect(rest.map(({ executionId }: { executionId: string }) => executionId)).toEqual(
      sweepIds.toReversed().map(String),
    );
    for (const { executionId, table } of rest) {
      const {
        columns,
        rows,
        next_cursor: nextCursor,
      } = await getSweepTable.call(app.ctx, {
        execution_id: Number(executionId),
        limit: 2,
        cursor: "2",
      });
      expect(table).toEqual({ __typename: "SweepTable", columns, rows, nextCursor });
      expect(rows.map(([combination]) => combination)).toEqual([2, 3]);
    }
  });
});

/** Terminal executions, every second one completed with series, all with a callback that was tried five times. */
async function fill({ ctx }: TestApp, count: number): Promise<number[]> {
  const { db } = ctx.database;
  const ids: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const id = await insertExecution(db, {
      client: "local",
      strategy: "BoldAssetAllocation",
      version: "1.0.0",
      parameters: {},
      executionParameters: {},
      callbackUrl: `http://localhost/${index}`,
    });
    ids.push(id);
    if (index % 2 === 1) await cancelExecution(db, id, "local");
    else {
      await startExecution(db, id);
      const equity = Float64Array.of(1, 2, index);
      const series = packSeries({ days: Int32Array.of(19_724, 19_725, 19_726), equity, decisions: [], trades: [] });
      await settleExecution(db, id, 1, {
        status: "completed",
        result: JSON.stringify({ final_value: index, note: { snake_case: index } }),
        series,
      });
    }
    // Opening an attempt while another is open interrupts the other.
    for (let number = 1; number < 5; number += 1) await openAttempt(db, id);
    const attempt = await openAttempt(db, id);
    const sent = { durationMs: 1, signedWith: [] };
    const answer = { statusCode: 200, responseText: "", headers: {}, error: null, accepted: true, ...sent };
    await closeAttempt(db, id, attempt!.attemptId, answer);
  }
  return ids;
}
