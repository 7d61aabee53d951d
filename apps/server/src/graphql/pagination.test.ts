import { createSchedule, executeStrategy, submitSweep, triggerSchedule } from "@strategy-executor/core";
import { describeDatabases, type TestDatabase } from "@strategy-executor/db/testing";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { newClient } from "../testing/api-keys.ts";
import { isBackground } from "../testing/background.ts";
import { type Data, post } from "../testing/graphql-client.ts";
import { startTestApp, type TestApp } from "../testing/test-app.ts";

describeDatabases("counts of GraphQL connections", (create) => {
  let database: TestDatabase;
  let app: TestApp;
  let statements = 0;
  beforeAll(async () => {
    database = await create();
    const onStatement = (statement: string) => void (statements += Number(!isBackground(statement)));
    app = await startTestApp({ ...database.options, onStatement }, { auth: "on", engine: { works: false } });
  });
  beforeEach(() => {
    statements = 0;
  });
  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  async function clientOf() {
    const { client, key } = newClient(app.ctx.database.db);
    const { key: secret } = await key(["read", "execute"]);
    const ctx = { ...app.ctx, client: { id: client, scopes: new Set(["read", "execute"] as const) } };
    const ask = async (query: string): Promise<Data> => {
      const response = await post(app.address, query, {}, { authorization: `Bearer ${secret}` });
      const { data, errors } = (await response.json()) as { data?: Data; errors?: unknown };
      expect(errors).toBeUndefined();
      return data;
    };
    return { client, ctx, ask };
  }

  it("are those of the whole list, of the filter and of the client alone", async () => {
    const [one, other] = [await clientOf(), await clientOf()];
    const strategy_name = "MovingAverageCrossover";
    for (let count = 0; count < 5; count += 1) {
      await executeStrategy.call(one.ctx, { strategy_name, ...(count < 2 && { label: "few" }) });
    }
    await submitSweep.call(one.ctx, { strategy_name, grid: { axes: { short_window: [5, 10] } } });
    await executeStrategy.call(other.ctx, { strategy_name });
    const count = { isTotalCountExact: true };
    const query = `{
      all: executions(first: 2) { totalCount isTotalCountExact nodes { executionId } edges { node { executionId } } }
      after: executions(first: 1, after: "999999") { totalCount isTotalCountExact }
      few: executions(filter: { label: "few" }) { totalCount isTotalCountExact }
      sweepsOnly: executions(filter: { kind: SWEEP, since: "2020-01-01T00:00:00Z" }) { totalCount isTotalCountExact }
      none: executions(filter: { status: [FAILED, CANCELLED] }) { totalCount isTotalCountExact }
      sweeps { totalCount isTotalCountExact }
    }`;
    const { all, ...others } = await one.ask(query);
    expect(all).toMatchObject({ ...count, totalCount: 6 });
    expect(all.nodes).toEqual(all.edges.map(({ node }: { node: object }) => node));
    expect(all.nodes).toHaveLength(2);
    expect(others).toEqual({
      after: { ...count, totalCount: 6 },
      few: { ...count, totalCount: 2 },
      sweepsOnly: { ...count, totalCount: 1 },
      none: { ...count, totalCount: 0 },
      sweeps: { ...count, totalCount: 1 },
    });
    expect(await other.ask("{ executions { totalCount } }")).toEqual({ executions: { totalCount: 1 } });
  });

  it("are read for all elements of a list with one statement, and only when asked for", async () => {
    const { ask } = await clientOf();
    const linked = (fields: string) => `{ strategies { executions(first: 1, status: COMPLETED) { ${fields} } } }`;
    // The first request reads the key.
    await ask("{ __typename }");
    statements = 0;
    await ask(linked("nodes { status }"));
    const before = statements;
    statements = 0;
    await ask(linked("nodes { status } totalCount isTotalCountExact"));
    expect(statements).toBe(before + 1);
  });

  it("stop at 10,000 and say so", async () => {
    const { client, ask } = await clientOf();
    const insert = (count: number) =>
      app.ctx.database.db.execute(`
        insert into executions (client, strategy, version, status, parameters, execution_parameters, completed_at)
        select '${client}', 'Counted', '1', 'completed', '{}', '{}', now() from generate_series(1, ${count})`);
    const query = `{ executions(first: 1, filter: { strategy: "Counted" }) { totalCount isTotalCountExact } }`;
    await insert(10_000);
    expect(await ask(query)).toEqual({ executions: { totalCount: 10_000, isTotalCountExact: true } });
    await insert(1);
    expect(await ask(query)).toEqual({ executions: { totalCount: 10_000, isTotalCountExact: false } });
  });

  it("are there for schedules and their runs", async () => {
    const { ctx, ask } = await clientOf();
    const schedules: number[] = [];
    for (const name of ["a", "b", "c"]) {
      const when = { days: "year_end" };
      const created = await createSchedule.call(ctx, { name, strategy_name: "MovingAverageCrossover", when });
      schedules.push(created.schedule_id);
    }
    await triggerSchedule.call(ctx, { schedule_id: schedules[1] });
    const query = `{ schedules(first: 1) { totalCount isTotalCountExact }
      all: schedules { nodes { runs(first: 1) { ... on ScheduleRunConnection { totalCount isTotalCountExact } } } } }`;
    expect(await ask(query)).toEqual({
      schedules: { totalCount: 3, isTotalCountExact: true },
      all: { nodes: [0, 1, 0].map((totalCount) => ({ runs: { totalCount, isTotalCountExact: true } })) },
    });
  });
});
