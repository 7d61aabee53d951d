import { createTestDatabase } from "@strategy-executor/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask } from "../testing/graphql-client.ts";
import { executeOverRest, readOverRest } from "../testing/rest-client.ts";
import { startTestApp, type TestApp } from "../testing/test-app.ts";

interface Report {
  readonly execution_id: number;
  readonly strategy: string;
  readonly risk_free: number;
  readonly figures: Readonly<Record<string, number>>;
  readonly benchmark: { readonly name: string; readonly beta: number } | null;
  readonly crises: readonly { readonly from: string }[];
  readonly deflated_sharpe: { readonly combinations: number; readonly probability: number } | null;
}

describe("the report of an execution", () => {
  const stack = new AsyncDisposableStack();
  let app: TestApp;
  let id: number;
  beforeAll(async () => {
    const database = stack.use(await createTestDatabase());
    app = stack.use(await startTestApp(database.options));
    id = await executeOverRest(app, "BoldAssetAllocation", { variant: "BAA-G4" });
  });
  afterAll(() => stack.disposeAsync());

  const get = (query = "", accept = "*/*", of = id) =>
    fetch(`${app.address}/executions/${of}/report/${query}`, { headers: { accept } });

  it("is JSON, with the figures of its result", async () => {
    const { result } = await readOverRest<{ result: { metrics: Record<string, number> } }>(app, `/executions/${id}/`);
    const report = (await (await get()).json()) as Report;
    expect(report).toMatchObject({ execution_id: id, strategy: "BoldAssetAllocation", risk_free: 0, benchmark: null });
    for (const name of ["cagr", "sharpe", "volatility_monthly", "max_drawdown", "ulcer_index", "turnover"])
      expect(report.figures[name]).toBeCloseTo(result.metrics[name]!, 12);
    expect(report.deflated_sharpe).toBeNull();
  });

  it.each([
    ["*/*", "", "application/json"],
    ["application/json", "", "application/json"],
    ["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "", "text/html"],
    ["application/json;q=0.5, text/html", "", "text/html"],
    ["application/json, text/html;q=0.5", "", "application/json"],
    ["text/plain", "", "application/json"],
    ["application/json", "?format=html", "text/html"],
    ["text/html", "?format=json", "application/json"],
  ])("for Accept: %s and the query %s is %s", async (accept, query, type) => {
    const response = await get(query, accept);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe(`${type}; charset=utf-8`);
    const page = type === "text/html";
    expect(response.headers.get("content-security-policy")).toContain(
      page ? "style-src 'sha256-" : "default-src 'none'",
    );
    expect((await response.text()).startsWith(page ? '<!doctype html>\n<html lang="en">' : "{")).toBe(true);
  });

  it("is written in the language asked for, without links and scripts, the same bytes each time", async () => {
    const [first, second] = [await get("?format=html&language=ko"), await get("?format=html&language=ko")];
    const html = await first.text();
    expect(html).toContain('<html lang="ko">');
    expect(html).not.toMatch(/<script|<a |<link|href=/);
    expect(Buffer.byteLength(html)).toBeLessThan(400_000);
    expect(await second.text()).toBe(html);
    expect(await (await get("?benchmark=SPY")).text()).toBe(await (await get("?benchmark=SPY")).text());
  });

  it("compares with a ticker or another execution, takes a risk-free return and crises", async () => {
    const other = await executeOverRest(app, "MovingAverageCrossover", {});
    const query = `?benchmark=execution:${id}&risk_free=0.02&crises=2011-07-01/2011-09-01,2012-01-02/2012-03-01`;
    const report = (await (await get(query)).json()) as Report;
    expect(report).toMatchObject({ risk_free: 0.02, benchmark: { name: `execution:${id}` } });
    expect(report.benchmark!.beta).toBeCloseTo(1, 9);
    expect(report.crises.slice(-2).map(({ from }) => from)).toEqual(["2011-07-01", "2012-01-02"]);
    const ticker = (await (await get("?benchmark=SPY", "*/*", other)).json()) as Report;
    expect(ticker.benchmark!.name).toBe("SPY");
  });

  it.each([
    ["?benchmark=execution:999999", "benchmark", "There is no completed execution 999999"],
    ["?benchmark=", "benchmark", "Too small"],
    ["?benchmark=a%20b", "benchmark", "must be a ticker, or execution:ID"],
    ["?risk_free=-1", "risk_free", "Too small"],
    ["?language=de", "language", "Invalid option"],
    ["?format=pdf", "format", "must be json or html"],
    ["?crises=2011-07-01", "crises", "must be days as in"],
    ["?crises=2011-02-30/2011-03-01", "crises", "must have days of the calendar"],
    ["?crises=2011-03-01/2011-02-01", "crises", "must have days of the calendar"],
  ])("refuses %s", async (query, path, message) => {
    const response = await get(query);
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({
      errors: [{ path, message: expect.stringContaining(message) }],
    });
  });

  it("refuses a benchmark that does not cover the execution", async () => {
    const short = await executeOverRest(app, "MovingAverageCrossover", { start_date: "2015-01-05" });
    const response = await get(`?benchmark=execution:${short}`);
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({
      errors: [{ path: "benchmark", message: expect.stringContaining(`execution:${short} reaches from 2015`) }],
    });
  });

  it("exists of completed executions only", async () => {
    const failed = await submit("/strategies/execute/", {
      strategy_name: "BoldAssetAllocation",
      parameters: { variant: "X" },
    });
    await ended(failed, "failed");
    const response = await get("?format=html", "*/*", failed);
    expect([response.status, response.headers.get("content-type")]).toEqual([
      409,
      "application/problem+json; charset=utf-8",
    ]);
    expect(await response.json()).toMatchObject({
      detail: `Execution ${failed} is failed: only a completed one has a report`,
    });
  });

  it("of a sweep says how likely its best is luck", async () => {
    const sweep = await submit("/sweeps/", {
      strategy_name: "MovingAverageCrossover",
      parameters: { initial_capital: 5_000 },
      grid: { axes: { short_window: [10, 20, 30], long_window: [50, 100] } },
    });
    await ended(sweep, "completed");
    const report = (await (await get("", "*/*", sweep)).json()) as Report & { parameters: Record<string, unknown> };
    expect(report.deflated_sharpe).toMatchObject({ combinations: 6, probability: expect.any(Number) });
    expect(report.parameters).toMatchObject({ initial_capital: 5_000, short_window: expect.any(Number) });
  });

  it("is linked from GraphQL", async () => {
    const { data } = await ask(
      app.address,
      `query Report($id: ID!) { execution(id: $id) { ... on Execution {
         report(benchmark: "SPY", riskFree: 0.01, language: KO) { ... on Report {
           url analysis { executionId riskFree figures { sharpe } benchmark { name beta } }
         } } } } }`,
      { id },
    );
    const { url, analysis } = data.execution.report;
    const { figures, benchmark } = (await (await get("?benchmark=SPY&risk_free=0.01")).json()) as Report;
    expect(analysis).toEqual({
      executionId: String(id),
      riskFree: 0.01,
      figures: { sharpe: figures["sharpe"] },
      benchmark: { name: "SPY", beta: benchmark?.beta },
    });
    const page = await fetch(app.address + String(url));
    expect(page.headers.get("content-type")).toContain("text/html");
    expect(await page.text()).toContain('<html lang="ko">');
  });

  async function submit(path: string, body: object): Promise<number> {
    const headers = { "content-type": "application/json" };
    const response = await fetch(app.address + path, { method: "POST", headers, body: JSON.stringify(body) });
    return ((await response.json()) as { execution_id: number }).execution_id;
  }

  async function ended(execution: number, status: string): Promise<void> {
    const read = async () => (await readOverRest<{ status: string }>(app, `/executions/${execution}/`)).status;
    await expect.poll(read, { timeout: 20_000 }).toBe(status);
  }
});
