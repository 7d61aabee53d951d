import { builtInStrategies } from "@strategy-executor/core";
import { startReceiver } from "@strategy-executor/core/testing";
import { describeDatabases, type TestDatabase } from "@strategy-executor/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestServer } from "../testing/test-server.ts";

type Server = Awaited<ReturnType<typeof startTestServer>>;

describeDatabases("the REST contract", (create) => {
  let test: TestDatabase;
  let server: Server;
  beforeAll(async () => {
    test = await create();
    server = await startTestServer(test.options, { PRICES_MAX_MB: "0.001" });
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await test[Symbol.asyncDispose]();
  });

  describe("POST /strategies/execute/", () => {
    it("accepts at once and answers as the guide says", async () => {
      const response = await post({
        strategy_name: "BoldAssetAllocation",
        parameters: { variant: "BAA-G4", initial_capital: 100_000 },
        callback_url: "http://127.0.0.1:1/webhook/strategy-result",
      });
      expect(response.status).toBe(202);
      const body = (await response.json()) as { execution_id: number };
      expect(Object.keys(body)).toEqual(["execution_id", "status", "message", "callback_url"]);
      expect(body).toEqual({
        execution_id: expect.any(Number),
        status: "pending",
        message: "Strategy execution started",
        callback_url: "http://127.0.0.1:1/webhook/strategy-result",
      });
      expect(Number.isSafeInteger(body.execution_id)).toBe(true);
    });

    it("works without parameters and callback_url, and treats null as absent", async () => {
      for (const rest of [{}, { parameters: null, callback_url: null }]) {
        const response = await post({ strategy_name: "MovingAverageCrossover", ...rest });
        expect(response.status).toBe(202);
        expect(await response.json()).toMatchObject({ status: "pending", callback_url: null });
      }
    });

    it("answers with and without the trailing slash, without a redirect", async () => {
      for (const path of ["/strategies/execute", "/strategies/execute/"]) {
        const response = await post({ strategy_name: "MovingAverageCrossover" }, path);
        expect(response.status).toBe(202);
        expect(response.redirected).toBe(false);
      }
    });

    it.each([
      [
        "an unknown strategy",
        { strategy_name: "Nope" },
        404,
        "Available strategies: BoldAssetAllocation, HybridAssetAllocation",
        undefined,
      ],
      ["no strategy", {}, 422, "strategy_name", ["strategy_name"]],
      ["a strategy that is not a string", { strategy_name: 7 }, 422, "strategy_name", ["strategy_name"]],
      [
        "parameters that are not an object",
        { strategy_name: "BoldAssetAllocation", parameters: [] },
        422,
        "parameters",
        ["parameters"],
      ],
      [
        "a URL without a scheme",
        { strategy_name: "BoldAssetAllocation", callback_url: "localhost:8888/x" },
        422,
        "callback_url",
        ["callback_url"],
      ],
      [
        "a URL with another scheme",
        { strategy_name: "BoldAssetAllocation", callback_url: "ftp://h/x" },
        422,
        "callback_url",
        ["callback_url"],
      ],
      [
        "an empty address",
        { strategy_name: "BoldAssetAllocation", callback_url: "" },
        422,
        "callback_url",
        ["callback_url"],
      ],
      [
        "a URL with a password",
        { strategy_name: "BoldAssetAllocation", callback_url: "http://u:p@h/" },
        422,
        "callback_url",
        ["callback_url"],
      ],
      [
        "a URL with NUL",
        { strategy_name: "BoldAssetAllocation", callback_url: "http://h/\0" },
        422,
        "callback_url",
        ["callback_url"],
      ],
      [
        "an unknown field",
        { strategy_name: "BoldAssetAllocation", callback: "http://h/" },
        422,
        "callback",
        ["callback"],
      ],
      [
        "two bad fields",
        { strategy_name: 1, callback_url: 2 },
        422,
        "strategy_name",
        ["strategy_name", "callback_url"],
      ],
      [
        "parameters nested too deeply",
        { strategy_name: "BoldAssetAllocation", parameters: nested(40) },
        422,
        "parameters",
        ["parameters"],
      ],
    ])("refuses %s and changes nothing", async (_case, body, status, detail, paths) => {
      const before = await newest();
      const response = await post(body);
      expect(response.status).toBe(status);
      expect(response.headers.get("content-type")).toMatch(/^application\/problem\+json/);
      const problem = (await response.json()) as { status: number; detail: string; errors?: { path: string }[] };
      expect(problem).toMatchObject({ type: "about:blank", title: expect.any(String), status });
      expect(problem.detail).toContain(detail);
      expect(problem.errors?.map(({ path }) => path)).toEqual(paths);
      expect(await newest()).toEqual(before);
    });

    it.each([
      ["malformed JSON", "{", "application/json", 400],
      ["an array", "[]", "application/json", 422],
      ["null", "null", "application/json", 422],
      ["a text", '"x"', "application/json", 422],
      ["nothing", "", "application/json", 422],
      ["a form", "strategy_name=BoldAssetAllocation", "application/x-www-form-urlencoded", 415],
      ["more than 1 MB", JSON.stringify({ strategy_name: "x".repeat(1_100_000) }), "application/json", 413],
      [
        "deeply nested brackets",
        `{"strategy_name":"BoldAssetAllocation","parameters":{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}}`,
        "application/json",
        422,
      ],
    ])("refuses %s", async (_case, body, type, status) => {
      const response = await fetch(`${server.address}/strategies/execute/`, {
        method: "POST",
        headers: { "content-type": type },
        body,
      });
      expect(response.status).toBe(status);
      expect(await response.json()).toMatchObject({ status });
    });

    it("keeps parameters that PostgreSQL text cannot hold", async () => {
      const parameters = { variant: "a\0b\uD800", ключ: "\u2028", __proto__: 1, constructor: 2 };
      const { execution_id } = (await (await post({ strategy_name: "BoldAssetAllocation", parameters })).json()) as {
        execution_id: number;
      };
      const execution = await ended(execution_id);
      expect(execution["status"]).toBe("failed");
      expect(execution["execution_parameters"]).toMatchObject({ variant: "a\0b\uD800", ключ: "\u2028" });
    });
  });

  describe("GET /executions/{id}/", () => {
    it("shows a completed execution with its result and its delivered callback", async () => {
      await using receiver = await startReceiver();
      const id = await submit({
        strategy_name: "BoldAssetAllocation",
        parameters: { variant: "BAA-G4", initial_capital: 100_000 },
        callback_url: `${receiver.url}/webhook`,
      });
      await receiver.arrived(1);
      const execution = await delivered(id);
      expect(Object.keys(execution)).toEqual([
        "execution_id",
        "strategy",
        "version",
        "status",
        "started_at",
        "completed_at",
        "execution_parameters",
        "result",
        "callback",
        "label",
        "schedule_id",
        "retry_of",
        "kind",
        "accepted_at",
      ]);
      expect(execution).toMatchObject({
        execution_id: id,
        strategy: "BoldAssetAllocation",
        version: "1.0.0",
        status: "completed",
        execution_parameters: { variant: "BAA-G4", initial_capital: 100_000, use_real_data: false },
        result: {
          strategy: "BoldAssetAllocation",
          variant: "BAA-G4",
          portfolio: { offensive_assets: expect.any(Array), weights: expect.any(Object) },
          final_value: expect.any(Number),
          return: expect.any(Number),
        },
        callback: {
          url: `${receiver.url}/webhook`,
          sent: true,
          sent_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
          response: {
            status_code: 200,
            response_text: '{"status": "received"}',
            headers: expect.objectContaining({ "Content-Type": "application/json" }),
          },
        },
      });
    });

    it("shows the error of a failed execution, and that its receiver is down", async () => {
      const down = await startReceiver();
      await down[Symbol.asyncDispose]();
      const id = await submit({
        strategy_name: "BoldAssetAllocation",
        parameters: { variant: "INVALID" },
        callback_url: `${down.url}/webhook`,
      });
      const execution = await delivered(id);
      expect(execution).toEqual({
        execution_id: id,
        strategy: "BoldAssetAllocation",
        version: "1.0.0",
        status: "failed",
        started_at: expect.any(String),
        completed_at: expect.any(String),
        execution_parameters: { variant: "INVALID" },
        error_message: "Unknown variant: INVALID. Available variants: BAA-G12, BAA-G4, BAA-G12/T3, BAA-G4/T2, BAA-SPY",
        callback: {
          url: `${down.url}/webhook`,
          format: "json",
          sent: false,
          sent_at: null,
          response: { error: "Connection refused" },
          attempts: 1,
          max_attempts: 1,
          next_attempt_at: null,
        },
        label: null,
        schedule_id: null,
        retry_of: null,
        kind: "execution",
        accepted_at: expect.any(String),
      });
    });

    it("has no callback without a callback_url", async () => {
      expect(await ended(await submit({ strategy_name: "MovingAverageCrossover" }))).toMatchObject({ callback: null });
    });

    it.each(["0", "-1", "1.5", "abc", "1e3", "01", "9007199254740993", "999999", "%00", "1;drop"])(
      "finds no execution %s",
      async (id) => {
        const response = await fetch(`${server.address}/executions/${id}/`);
        expect(response.status).toBe(404);
        expect(await response.json()).toMatchObject({ title: "Not Found", status: 404 });
      },
    );
  });

  describe("GET /executions/", () => {
    it("lists newest first and page by page, without results", async () => {
      const ids: number[] = [];
      for (let count = 0; count < 5; count += 1)
        ids.unshift(await submit({ strategy_name: "Slow", parameters: { milliseconds: 1 } }));
      for (const id of ids) await ended(id);
      const seen: number[] = [];
      let cursor: string | null = null;
      do {
        const page: Page = await get(`/executions/?strategy=Slow&limit=2${cursor === null ? "" : `&cursor=${cursor}`}`);
        expect(page.executions.length).toBeLessThanOrEqual(2);
        for (const execution of page.executions) expect(execution).not.toHaveProperty("result");
        seen.push(...page.executions.map(({ execution_id }) => execution_id));
        cursor = page.next_cursor;
      } while (cursor !== null);
      expect(seen).toEqual(ids);
    });

    it("says of each element whether it is a sweep, and filters by that", async () => {
      const grid = { axes: { short_window: [5, 10] } };
      const swept = (await (await post({ strategy_name: "MovingAverageCrossover", grid }, "/sweeps/")).json()) as {
        execution_id: number;
      };
      await ended(swept.execution_id);
      const plain = await submit({ strategy_name: "MovingAverageCrossover" });
      const kinds = async (query: string) =>
        (await get<Page>(`/executions/?strategy=MovingAverageCrossover${query}`)).executions
          .filter(({ execution_id }) => execution_id >= swept.execution_id)
          .map(({ execution_id, kind }) => [execution_id, kind]);
      const [sweep, execution] = [
        [swept.execution_id, "sweep"],
        [plain, "execution"],
      ];
      expect(await kinds("")).toEqual([execution, sweep]);
      expect(await kinds("&kind=sweep")).toEqual([sweep]);
      expect(await kinds("&kind=execution")).toEqual([execution]);
      expect(await get<Page>("/sweeps/?limit=1")).toMatchObject({ sweeps: [{ kind: "sweep" }] });
      expect(await get(`/executions/${plain}/`)).toMatchObject({ kind: "execution" });
      const table = `${server.address}/sweeps/${swept.execution_id}/table`;
      const typeOf = async (query: string, headers = {}) =>
        (await fetch(`${table}${query}`, { headers })).headers.get("content-type");
      expect(await typeOf("", { accept: "*/*" })).toBe("text/csv; charset=utf-8");
      expect(await typeOf("?format=csv", { accept: "application/json" })).toBe("text/csv; charset=utf-8");
      expect(await typeOf("?format=json&limit=1")).toBe("application/json; charset=utf-8");
      expect((await fetch(`${table}?format=html`)).status).toBe(422);
    });

    it("filters by status and strategy", async () => {
      const page: Page = await get("/executions/?status=failed&strategy=BoldAssetAllocation");
      expect(page.executions.length).toBeGreaterThan(0);
      for (const execution of page.executions) {
        expect(execution).toMatchObject({ status: "failed", strategy: "BoldAssetAllocation" });
      }
      expect(await get("/executions/?strategy=Nope")).toEqual({ executions: [], next_cursor: null });
    });

    it.each([
      "limit=0",
      "limit=501",
      "limit=x",
      "limit=1&limit=2",
      "status=done",
      "cursor=abc",
      "cursor=-1",
      "nonsense=1",
      "strategy=%00",
    ])("refuses ?%s", async (query) => {
      const response = await fetch(`${server.address}/executions/?${query}`);
      expect(response.status).toBe(422);
      const [field] = query.split("=");
      expect(await response.json()).toMatchObject({ errors: [{ path: field }] });
    });
  });

  it("describes all strategies, user strategies included", async () => {
    const { strategies } = await get<{ strategies: { name: string }[] }>("/strategies/");
    expect(strategies.map(({ name }) => name)).toEqual([
      ...builtInStrategies.map(({ name }) => name),
      "Slow",
      "Unhurried",
    ]);
    const baa = await get("/strategies/BoldAssetAllocation/");
    expect(baa).toEqual(strategies[0]);
    expect(baa).toMatchObject({
      version: "1.0.0",
      variants: ["BAA-G12", "BAA-G4", "BAA-G12/T3", "BAA-G4/T2", "BAA-SPY"],
      parameters: { type: "object", properties: { use_real_data: { type: "boolean", default: false } } },
    });
    expect((await fetch(`${server.address}/strategies/Nope`)).status).toBe(404);
  });

  it("returns series for completed executions only", async () => {
    const done = await submit({ strategy_name: "BoldAssetAllocation" });
    await ended(done);
    const series = await get<{ dates: string[]; equity: number[]; drawdown: number[] }>(`/executions/${done}/series/`);
    expect(series.equity).toHaveLength(series.dates.length);
    expect(series.drawdown).toHaveLength(series.dates.length);
    const csv = await fetch(`${server.address}/executions/${done}/series/`, { headers: { accept: "text/csv" } });
    expect(csv.headers.get("content-type")).toMatch(/^text\/csv/);
    const lines = series.dates.map((day, row) => `${day},${series.equity[row]},${series.drawdown[row]}`);
    const text = ["date,equity,drawdown", ...lines, ""].join("\n");
    expect(await csv.text()).toBe(text);
    const typeOf = ({ headers }: Response) => headers.get("content-type");
    for (const accept of ["*/*", "application/json"]) {
      const named = await fetch(`${server.address}/executions/${done}/series?format=csv`, { headers: { accept } });
      expect([typeOf(named), await named.text()]).toEqual(["text/csv; charset=utf-8", text]);
    }
    const headers = { accept: "text/csv" };
    const json = await fetch(`${server.address}/executions/${done}/series/?format=json`, { headers });
    expect([typeOf(json), await json.json()]).toEqual(["application/json; charset=utf-8", series]);
    const part = await fetch(`${server.address}/executions/${done}/series/?format=csv&from=${series.dates.at(-1)}`);
    expect(await part.text()).toBe(["date,equity,drawdown", lines.at(-1), ""].join("\n"));
    const other = await fetch(`${server.address}/executions/${done}/series/?format=xml`);
    expect([other.status, await other.json()]).toMatchObject([
      422,
      { errors: [{ path: "format", message: "must be json or csv" }] },
    ]);
    const failed = await submit({ strategy_name: "BoldAssetAllocation", parameters: { variant: "X" } });
    await ended(failed);
    expect((await fetch(`${server.address}/executions/${failed}/series/`)).status).toBe(409);
    expect((await fetch(`${server.address}/executions/999999/series/`)).status).toBe(404);
  });

  it("loads prices from a CSV stream and runs on them", async () => {
    const days = ["2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05"];
    const csv = ["date,ticker,close,adj_close", ...days.map((day, n) => `${day},XYZ,,${n + 3}`)].join("\n");
    const loaded = await fetch(`${server.address}/prices/?source=test.csv`, csvRequest(csv));
    expect(loaded.status).toBe(200);
    expect(await loaded.json()).toMatchObject({ rows: 4, tickers: [{ ticker: "XYZ", rows: 4, replaced: null }] });
    expect(await get("/prices/")).toEqual({
      prices: [
        {
          ticker: "XYZ",
          first_day: "2024-01-02",
          last_day: "2024-01-05",
          rows: 4,
          source: "test.csv",
          exchange: "XNYS",
          sessions_behind: expect.any(Number),
          bars: [],
          warnings: [],
        },
      ],
    });
    const parameters = { use_real_data: true, symbol: "XYZ", short_window: 1, long_window: 2, initial_capital: 100 };
    const execution = await ended(await submit({ strategy_name: "MovingAverageCrossover", parameters }));
    expect(execution).toMatchObject({ status: "completed", result: { final_value: (100 / 5) * 6 } });

    const missing = { ...parameters, symbol: "NONE" };
    expect(await ended(await submit({ strategy_name: "MovingAverageCrossover", parameters: missing }))).toMatchObject({
      status: "failed",
      error_message: expect.stringContaining("No prices for NONE"),
    });
    const short = { ...parameters, long_window: 50 };
    expect(
      (await ended(await submit({ strategy_name: "MovingAverageCrossover", parameters: short })))["error_message"],
    ).toMatch(/XYZ.*50.*4/);
  });

  it("honours the charset of prices, and refuses bytes that are not of it", async () => {
    const head = Buffer.from("date,ticker,close,adj_close\n2024-01-02,");
    const body = Buffer.concat([head, Buffer.from([0xc7, 0xf6, 0xb4, 0xeb]), Buffer.from(",,190000\n")]);
    const send = (type: string) =>
      fetch(`${server.address}/prices/?source=k.csv`, { method: "POST", headers: { "content-type": type }, body });
    const korean = await send("text/csv; charset=EUC-KR");
    expect(await korean.json()).toMatchObject({ rows: 1, tickers: [{ ticker: "현대" }] });
    const utf8 = await send("text/csv");
    expect(utf8.status).toBe(422);
    const { detail } = (await utf8.json()) as { detail: string };
    expect(detail).toMatch(/^k\.csv, line 2: byte 40 of the file \(0xC7\) is not UTF-8/);
    const unknown = await send("text/csv; charset=klingon");
    expect(unknown.status).toBe(415);
    expect(await unknown.json()).toMatchObject({
      detail: "The charset klingon of the body is not known. Send it as UTF-8",
    });
  });

  it("refuses bad prices with line and reason, stores nothing, and limits their size", async () => {
    const bad = await fetch(
      `${server.address}/prices/`,
      csvRequest("date,ticker,close,adj_close\n2024-01-02,BAD,,1\n2024-01-03,BAD,,-1\n"),
    );
    expect(bad.status).toBe(422);
    expect(((await bad.json()) as { detail: string }).detail).toMatch(/3.*-1/);
    expect(JSON.stringify(await get("/prices/"))).not.toContain("BAD");
    const large = `date,ticker,close,adj_close\n${"2024-01-02,BIG,,1\n".repeat(1)}${" ".repeat(2_000)}`;
    expect((await fetch(`${server.address}/prices/`, csvRequest(large))).status).toBe(413);
    expect((await fetch(`${server.address}/prices/`, { method: "POST", body: "x" })).status).toBe(415);
  });

  it("answers unknown paths and methods with a problem", async () => {
    const unknown = await fetch(`${server.address}/nowhere`);
    expect(unknown.status).toBe(404);
    expect(unknown.headers.get("content-type")).toMatch(/^application\/problem\+json/);
    const method = await fetch(`${server.address}/executions/1/`, { method: "DELETE" });
    expect(method.status).toBe(405);
    expect(method.headers.get("allow")).toBe("GET");
    expect((await fetch(`${server.address}/executions/%zz/`)).status).toBe(404);
  });

  it("answers the health and readiness checks", async () => {
    expect(await get("/healthz")).toEqual({ status: "ok" });
    expect(await get("/readyz")).toEqual({ status: "ready" });
  });

  interface Page {
    readonly executions: { readonly execution_id: number; readonly status: string; readonly kind: string }[];
    readonly next_cursor: string | null;
  }

  async function get<T = Record<string, unknown>>(path: string): Promise<T> {
    const response = await fetch(server.address + path);
    expect(response.status).toBe(200);
    return (await response.json()) as T;
  }

  function post(body: unknown, path = "/strategies/execute/"): Promise<Response> {
    const headers = { "content-type": "application/json" };
    return fetch(server.address + path, { method: "POST", headers, body: JSON.stringify(body), redirect: "error" });
  }

  async function submit(body: object): Promise<number> {
    return ((await (await post(body)).json()) as { execution_id: number }).execution_id;
  }

  async function newest(): Promise<unknown> {
    return (await get<Page>("/executions/?limit=1")).executions[0]?.execution_id;
  }

  function ended(id: number) {
    return until(id, ({ status }) => status !== "pending" && status !== "running");
  }

  function delivered(id: number) {
    return until(id, ({ callback }) => (callback as { response: unknown }).response !== null);
  }

  async function until(id: number, holds: (execution: Record<string, unknown>) => boolean) {
    let execution: Record<string, unknown> = {};
    const check = async () => holds((execution = await get(`/executions/${id}/`)));
    await expect.poll(check, { timeout: 20_000, interval: 20 }).toBe(true);
    return execution;
  }
});

function nested(levels: number): object {
  return levels === 0 ? {} : { a: nested(levels - 1) };
}

function csvRequest(body: string): RequestInit {
  return { method: "POST", headers: { "content-type": "text/csv" }, body };
}
