import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTestDatabase } from "@strategy-executor/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask } from "../../testing/graphql-client.ts";
import { executeOverRest, readOverRest } from "../../testing/rest-client.ts";
import { startTestServer } from "../../testing/test-server.ts";

const own = `
  import { defineStrategy } from "@strategy-executor/core";
  import { z } from "zod";
  export const own = defineStrategy({
    name: "Own",
    version: "1.0.0",
    description: "Reports what it likes.",
    source: "a test",
    parameters: z.object({}),
    schedule: "month-end",
    defaultFill: "same_close",
    universe: () => ["SPY"],
    history: () => ({ months: 0 }),
    decide: () => ({ weights: { SPY: 1 }, because: "always" }),
    report: () => ({ portfolio: "a text", mood_index: { last_value: 7 } }),
  });
`;

interface Result {
  readonly final_value: number;
  readonly return: number;
  readonly metrics: Readonly<Record<string, unknown>>;
  readonly portfolio: Readonly<Record<string, unknown>>;
  readonly position: Readonly<Record<string, unknown>>;
}

describe("results over GraphQL", () => {
  const stack = new AsyncDisposableStack();
  let server: Awaited<ReturnType<typeof startTestServer>>;
  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), "strategies-"));
    stack.defer(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, "own.ts"), own);
    const database = stack.use(await createTestDatabase());
    const environment = { STRATEGIES_DIR: folder, PUBLIC_URL: "https://strategies.example.com/se/", BASE_PATH: "/se" };
    server = stack.use(await startTestServer(database.options, environment));
  });
  afterAll(() => stack.disposeAsync());

  const service = () => ({ address: `${server.address}/se` });
  async function resultsOf(strategy: string, parameters: object, selection: string) {
    const id = await executeOverRest(service(), strategy, parameters);
    const query = `query ($id: ID!) { execution(id: $id) { ... on Execution { result { ${selection} } } } }`;
    const { data, errors } = await ask(service().address, query, { id });
    expect(errors).toBeUndefined();
    const { result } = await readOverRest<{ result: Result }>(service(), `/executions/${id}/`);
    return { typed: data.execution.result, result };
  }

  it("have figures, the portfolio and its orders as fields", async () => {
    const { typed, result } = await resultsOf(
      "BoldAssetAllocation",
      { variant: "BAA-G4", benchmark: "SPY" },
      `strategy variant finalValue return fill costBps
       metrics { sharpe maxDrawdown bestYear { year return } monthlyReturns { year months total } }
       portfolio { weights mode offensiveAssets hold decidedOn orders { ticker quantity price } own }
       position { symbol } benchmark { name beta figures { worstMonth { monthEnd return } } }
       data { source seed sha256 } own`,
    );
    const { metrics, portfolio } = result;
    expect(typed).toMatchObject({
      strategy: "BoldAssetAllocation",
      variant: "BAA-G4",
      finalValue: result.final_value,
      return: result.return,
      fill: "SAME_CLOSE",
      costBps: 0,
      metrics: {
        sharpe: metrics["sharpe"],
        maxDrawdown: metrics["max_drawdown"],
        bestYear: metrics["best_year"],
        monthlyReturns: metrics["monthly_returns"],
      },
      portfolio: {
        weights: portfolio["weights"],
        mode: portfolio["mode"],
        offensiveAssets: portfolio["offensive_assets"],
        decidedOn: portfolio["decided_on"],
        orders: portfolio["orders"],
        own: null,
      },
      position: null,
      benchmark: { name: "SPY", beta: expect.any(Number), figures: { worstMonth: { monthEnd: expect.any(String) } } },
      data: { source: "SYNTHETIC", seed: 1, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      own: null,
    });
  });

  it("have the position and the trades of a strategy on one ticker", async () => {
    const selection =
      "position { symbol state quantity since signal decidedOn } trades { entry entryPrice } portfolio { mode }";
    const { typed, result } = await resultsOf("MovingAverageCrossover", {}, selection);
    const { symbol, state, quantity, since, signal, decided_on: decidedOn } = result.position;
    const position = { symbol, state: String(state).toUpperCase(), quantity, since, signal, decidedOn };
    expect(typed).toMatchObject({ position, portfolio: null });
    expect(typed.trades[0]).toEqual({ entry: expect.any(String), entryPrice: expect.any(Number) });
  });

  it("have what only a strategy reports as JSON, with its own names", async () => {
    const { typed, result } = await resultsOf(
      "Own",
      {},
      "finalValue portfolio { mode } position { symbol } trades { entry } own",
    );
    expect(typed).toEqual({
      finalValue: result.final_value,
      portfolio: null,
      position: null,
      trades: null,
      own: { portfolio: "a text", mood_index: { last_value: 7 } },
    });
  });

  it("link to their tables as CSV and to their page, below the address of the service", async () => {
    const id = await executeOverRest(service(), "MovingAverageCrossover", { start_date: "2024-01-01" });
    const { data } = await ask(
      service().address,
      `query ($id: ID!) { execution(id: $id) { ... on Execution {
         whole: seriesCsvUrl part: seriesCsvUrl(from: "2024-02-01", every: 5)
         report(language: KO) { ... on Report { url } }
       } } }`,
      { id },
    );
    const base = "https://strategies.example.com/se/";
    const { whole, part, report } = data.execution;
    expect(whole).toBe(`${base}executions/${id}/series/?format=csv`);
    expect(part).toBe(`${base}executions/${id}/series/?format=csv&every=5&from=2024-02-01`);
    const read = (url: string) => fetch(url.replace(base, `${service().address}/`));
    expect(await (await read(part)).text()).toMatch(/^date,equity,drawdown\n2024-02-01,/);
    expect((await read(report.url)).headers.get("content-type")).toBe("text/html; charset=utf-8");

    const headers = { "content-type": "application/json" };
    const body = JSON.stringify({ strategy_name: "MovingAverageCrossover", grid: { axes: { short_window: [5, 10] } } });
    const submitted = await fetch(`${service().address}/sweeps/`, { method: "POST", headers, body });
    const { execution_id: sweep } = (await submitted.json()) as { execution_id: number };
    const query = `query ($id: ID!) { sweep(id: $id) { ... on Sweep {
      status tableCsvUrl result { sweep { evaluated best { parameters metrics { sharpe } } } }
    } } }`;
    const swept = async () => (await ask(service().address, query, { id: sweep })).data.sweep;
    await expect.poll(async () => (await swept()).status, { timeout: 20_000 }).toBe("COMPLETED");
    const { tableCsvUrl, result } = await swept();
    expect(tableCsvUrl).toBe(`${base}sweeps/${sweep}/table/?format=csv`);
    expect(await (await read(tableCsvUrl)).text()).toMatch(/^combination,short_window,return,/);
    expect(result.sweep).toMatchObject({
      evaluated: 2,
      best: [{ parameters: { short_window: expect.any(Number) }, metrics: { sharpe: expect.any(Number) } }, {}],
    });
  });
});
