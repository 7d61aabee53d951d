import { startReceiver } from "@strategy-executor/core/testing";
import { createTestDatabase } from "@strategy-executor/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import {
  type Document,
  type DocumentedOperation,
  operationsOf,
  responseOf,
  schemaChecker,
} from "../testing/openapi-document.ts";
import { noProvider, secretsKey } from "../testing/server-process.ts";
import { startTestServer } from "../testing/test-server.ts";

/** An operation, a status, and the path and body that produce it. */
type Case = [operation: string, status: number, path: string, sent?: RequestInit];

/** Placeholders in the paths below for the numbers of executions submitted like this. */
const submitted = {
  COMPLETED: { idempotency_key: "used", strategy_name: "BoldAssetAllocation", parameters: { variant: "BAA-G4" } },
  FAILED: { strategy_name: "BoldAssetAllocation", parameters: { variant: "INVALID" } },
  WITHOUT: { strategy_name: "BoldAssetAllocation", parameters: { variant: "INVALID" }, callback_url: null },
  UNENDED: { strategy_name: "Slow", parameters: { milliseconds: 60_000 } },
  SWEPT: { strategy_name: "Slow", grid: { axes: { milliseconds: [1, 2] } }, objective: "return" },
  SWEEPING: { strategy_name: "Slow", grid: { axes: { milliseconds: [60_000] } } },
};

const csv = {
  headers: { "content-type": "text/csv" },
  body: "date,ticker,close,adj_close\n2024-01-02,DEMO,100,99.5\n",
};
const json = (body: unknown) => ({ headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
const lastEvent = (id: string) => ({ headers: { "Last-Event-ID": id } });

const cases: readonly Case[] = [
  ["executeStrategy", 202, "/strategies/execute/", json({ strategy_name: "MovingAverageCrossover" })],
  ["executeStrategy", 400, "/strategies/execute/", { ...json({}), body: "{" }],
  ["executeStrategy", 404, "/strategies/execute/", json({ strategy_name: "Nope" })],
  // The idempotency key was used for another submission.
  [
    "executeStrategy",
    409,
    "/strategies/execute/",
    json({ strategy_name: "BoldAssetAllocation", idempotency_key: "used" }),
  ],
  ["executeStrategy", 413, "/strategies/execute/", json("x".repeat(1_100_000))],
  ["executeStrategy", 415, "/strategies/execute/", { ...json({}), headers: { "content-type": "text/plain" } }],
  ["executeStrategy", 422, "/strategies/execute/", json({ strategy_name: 7, callback_url: "x" })],
  ["listStrategies", 200, "/strategies/"],
  ["listStrategies", 422, "/strategies/?page=2"],
  ["getStrategy", 200, "/strategies/BoldAssetAllocation/"],
  ["getStrategy", 404, "/strategies/%ff/"],
  ["getStrategy", 404, "/strategies/Nope/"],
  ["getStrategy", 422, "/strategies/BoldAssetAllocation/?version=2"],
  ["listExecutions", 200, "/executions/?limit=2"],
  ["listExecutions", 422, "/executions/?limit=0&status=done"],
  ["getSession", 200, "/session/"],
  ["getSession", 422, "/session/?full=1"],
  ["getActivity", 200, "/activity/"],
  ["getActivity", 422, "/activity/?since=2020"],
  ["listWorkers", 200, "/workers/"],
  ["listWorkers", 422, "/workers/?state=lost"],
  ["getQueue", 200, "/queue/"],
  ["getQueue", 422, "/queue/?client=x"],
  ["listExecutionAttempts", 200, "/executions/COMPLETED/attempts/"],
  ["listExecutionAttempts", 404, "/executions/%ff/attempts/"],
  ["listExecutionAttempts", 404, "/executions/999999/attempts/"],
  ["listExecutionAttempts", 422, "/executions/COMPLETED/attempts/?cursor=x"],
  ["checkParameters", 200, "/strategies/Slow/check/", json({ parameters: { milliseconds: 5 } })],
  ["checkParameters", 200, "/strategies/Slow/check/", json({ parameters: { milliseconds: "5", x: 1 } })],
  ["checkParameters", 400, "/strategies/Slow/check/", { ...json({}), body: "{" }],
  ["checkParameters", 404, "/strategies/Nope/check/", json({})],
  ["checkParameters", 404, "/strategies/%ff/check/", json({})],
  ["checkParameters", 413, "/strategies/Slow/check/", json("x".repeat(1_100_000))],
  ["checkParameters", 415, "/strategies/Slow/check/", { ...json({}), headers: { "content-type": "text/plain" } }],
  ["checkParameters", 422, "/strategies/Slow/check/", json({ parameters: [] })],
  ["getCallbackRequest", 200, "/executions/COMPLETED/callback/request/"],
  ["getCallbackRequest", 404, "/executions/%ff/callback/request/"],
  ["getCallbackRequest", 404, "/executions/999999/callback/request/"],
  ["getCallbackRequest", 409, "/executions/WITHOUT/callback/request/"],
  ["getCallbackRequest", 409, "/executions/UNENDED/callback/request/"],
  ["getCallbackRequest", 422, "/executions/COMPLETED/callback/request/?full=1"],
  ["createApiKey", 201, "/api-keys/", json({ client: "bots", scopes: ["read"] })],
  ["createApiKey", 400, "/api-keys/", { ...json({}), body: "{" }],
  ["createApiKey", 413, "/api-keys/", json("x".repeat(1_100_000))],
  ["createApiKey", 415, "/api-keys/", { ...json({}), headers: { "content-type": "text/plain" } }],
  ["createApiKey", 422, "/api-keys/", json({ client: "bots", scopes: ["read"], expires_at: "2020-01-01T00:00:00Z" })],
  ["listApiKeys", 200, "/api-keys/"],
  ["listApiKeys", 422, "/api-keys/?client=bots"],
  ["revokeApiKey", 200, "/api-keys/APIKEY/revoke/"],
  ["revokeApiKey", 422, "/api-keys/sx_00000000/revoke/?force=1"],
  ["revokeApiKey", 404, "/api-keys/sx_00000000/revoke/"],
  ["revokeApiKey", 404, "/api-keys/%ff/revoke/"],
  ["getExecution", 200, "/executions/COMPLETED/"],
  ["getExecution", 200, "/executions/FAILED/"],
  ["getExecution", 200, "/executions/UNENDED/"],
  ["getExecution", 404, "/executions/%ff/"],
  ["getExecution", 404, "/executions/999999/"],
  ["getExecution", 422, "/executions/COMPLETED/?full=1"],
  ["getSeries", 200, "/executions/COMPLETED/series/"],
  ["getSeries", 200, "/executions/COMPLETED/series/?every=100&from=2010-01-01"],
  ["getSeries", 200, "/executions/COMPLETED/series/", { headers: { accept: "text/csv" } }],
  ["getSeries", 200, "/executions/COMPLETED/series/?format=csv&every=100"],
  ["getSeries", 409, "/executions/FAILED/series/", { headers: { accept: "text/csv" } }],
  ["getSeries", 409, "/executions/FAILED/series/?format=csv"],
  ["getSeries", 422, "/executions/COMPLETED/series/?format=xml"],
  ["getSeries", 404, "/executions/%ff/series/"],
  ["getSeries", 404, "/executions/999999/series/"],
  ["getSeries", 409, "/executions/FAILED/series/"],
  ["getSeries", 422, "/executions/COMPLETED/series/?from=2020"],
  ["getReport", 200, "/executions/COMPLETED/report/"],
  ["getReport", 200, "/executions/COMPLETED/report/", { headers: { accept: "text/html" } }],
  ["getReport", 404, "/executions/%ff/report/"],
  ["getReport", 404, "/executions/999999/report/"],
  ["getReport", 409, "/executions/FAILED/report/"],
  ["getReport", 422, "/executions/COMPLETED/report/?benchmark=execution:999999"],
  ["listDeliveryAttempts", 200, "/executions/COMPLETED/callback/attempts/"],
  ["listDeliveryAttempts", 404, "/executions/%ff/callback/attempts/"],
  ["listDeliveryAttempts", 404, "/executions/999999/callback/attempts/"],
  ["listDeliveryAttempts", 422, "/executions/COMPLETED/callback/attempts/?cursor=x"],
  ["watchExecution", 200, "/executions/COMPLETED/events/"],
  ["watchExecution", 204, "/executions/COMPLETED/events/", lastEvent("3")],
  ["watchExecution", 404, "/executions/%ff/events/"],
  ["watchExecution", 404, "/executions/999999/events/"],
  ["watchExecution", 422, "/executions/COMPLETED/events/", lastEvent("x")],
  ["cancelExecutions", 202, "/executions/cancel/", json({ ids: [999_999], dry_run: true })],
  ["cancelExecutions", 400, "/executions/cancel/", { ...json({}), body: "{" }],
  ["cancelExecutions", 413, "/executions/cancel/", json("x".repeat(1_100_000))],
  ["cancelExecutions", 415, "/executions/cancel/", { ...json({}), headers: { "content-type": "text/plain" } }],
  ["cancelExecutions", 422, "/executions/cancel/", json({})],
  ["retryExecution", 202, "/executions/FAILED/retry/"],
  ["retryExecution", 404, "/executions/%ff/retry/"],
  ["retryExecution", 404, "/executions/999999/retry/"],
  ["retryExecution", 409, "/executions/COMPLETED/retry/"],
  ["retryExecution", 422, "/executions/FAILED/retry/?force=1"],
  ["cancelExecution", 422, "/executions/UNENDED/cancel/?force=1"],
  ["cancelExecution", 202, "/executions/UNENDED/cancel/"],
  ["cancelExecution", 404, "/executions/%ff/cancel/"],
  ["cancelExecution", 404, "/executions/999999/cancel/"],
  ["cancelExecution", 409, "/executions/COMPLETED/cancel/"],
  ["redeliverCallback", 202, "/executions/COMPLETED/callback/redeliver/"],
  ["redeliverCallback", 404, "/executions/%ff/callback/redeliver/"],
  ["redeliverCallback", 404, "/executions/999999/callback/redeliver/"],
  ["redeliverCallback", 409, "/executions/WITHOUT/callback/redeliver/"],
  ["redeliverCallback", 422, "/executions/COMPLETED/callback/redeliver/?force=1"],
  ["redeliverCallbacks", 202, "/callbacks/redeliver/", json({ since: "2025-01-01T00:00:00+09:00" })],
  ["redeliverCallbacks", 400, "/callbacks/redeliver/", { ...json({}), body: "{" }],
  ["redeliverCallbacks", 413, "/callbacks/redeliver/", json("x".repeat(1_100_000))],
  ["redeliverCallbacks", 415, "/callbacks/redeliver/", { ...json({}), headers: { "content-type": "text/plain" } }],
  ["redeliverCallbacks", 422, "/callbacks/redeliver/", json({ since: "yesterday" })],
  ["listReceivers", 200, "/receivers/"],
  ["listReceivers", 422, "/receivers/?origin=x"],
  // Seven secrets sign before the first of these; the limit is eight.
  ["createSigningSecret", 201, "/signing-secrets/", json({})],
  ["createSigningSecret", 400, "/signing-secrets/", { ...json({}), body: "{" }],
  ["createSigningSecret", 409, "/signing-secrets/", json({ version: "v1a" })],
  ["createSigningSecret", 413, "/signing-secrets/", json("x".repeat(1_100_000))],
  ["createSigningSecret", 415, "/signing-secrets/", { ...json({}), headers: { "content-type": "text/plain" } }],
  ["createSigningSecret", 422, "/signing-secrets/", json({ version: "v2" })],
  ["rotateSigningSecret", 400, "/signing-secrets/rotate/", { ...json({}), body: "{" }],
  ["rotateSigningSecret", 404, "/signing-secrets/rotate/", json({ version: "v1a" })],
  ["rotateSigningSecret", 409, "/signing-secrets/rotate/", json({})],
  ["rotateSigningSecret", 201, "/signing-secrets/rotate/", json({ overlap_hours: 0 })],
  ["rotateSigningSecret", 413, "/signing-secrets/rotate/", json("x".repeat(1_100_000))],
  ["rotateSigningSecret", 415, "/signing-secrets/rotate/", { ...json({}), headers: { "content-type": "text/plain" } }],
  ["rotateSigningSecret", 422, "/signing-secrets/rotate/", json({ overlap_hours: -1 })],
  ["listSigningSecrets", 200, "/signing-secrets/"],
  ["listSigningSecrets", 422, "/signing-secrets/?client=local"],
  ["endSigningSecret", 200, "/signing-secrets/SECRET/end/"],
  ["endSigningSecret", 404, "/signing-secrets/sign_000000000000/end/"],
  ["endSigningSecret", 422, "/signing-secrets/none/end/"],
  ["submitSweep", 202, "/sweeps/", json({ strategy_name: "Slow", grid: { axes: { seed: [1] } } })],
  ["submitSweep", 400, "/sweeps/", { ...json({}), body: "{" }],
  ["submitSweep", 404, "/sweeps/", json({ strategy_name: "Nope", grid: { axes: { seed: [1] } } })],
  [
    "submitSweep",
    409,
    "/sweeps/",
    json({ strategy_name: "Slow", grid: { axes: { seed: [1] } }, idempotency_key: "used" }),
  ],
  ["submitSweep", 413, "/sweeps/", json("x".repeat(1_100_000))],
  ["submitSweep", 415, "/sweeps/", { ...json({}), headers: { "content-type": "text/plain" } }],
  ["submitSweep", 422, "/sweeps/", json({ strategy_name: "Slow", grid: { axes: {} } })],
  ["listSweeps", 200, "/sweeps/?limit=2"],
  ["listSweeps", 422, "/sweeps/?status=done"],
  ["getSweep", 200, "/sweeps/SWEPT/"],
  ["getSweep", 200, "/sweeps/SWEEPING/"],
  ["getSweep", 404, "/sweeps/%ff/"],
  ["getSweep", 404, "/sweeps/COMPLETED/"],
  ["getSweep", 422, "/sweeps/SWEPT/?full=1"],
  ["getSweepTable", 200, "/sweeps/SWEPT/table/"],
  ["getSweepTable", 200, "/sweeps/SWEPT/table/?limit=1", { headers: { accept: "application/json" } }],
  ["getSweepTable", 200, "/sweeps/SWEPT/table/?format=json&limit=1"],
  ["getSweepTable", 200, "/sweeps/SWEPT/table/?format=csv", { headers: { accept: "application/json" } }],
  ["getSweepTable", 422, "/sweeps/SWEPT/table/?format=xml"],
  ["getSweepTable", 404, "/sweeps/%ff/table/"],
  ["getSweepTable", 404, "/sweeps/999999/table/"],
  ["getSweepTable", 409, "/sweeps/SWEEPING/table/"],
  ["getSweepTable", 422, "/sweeps/SWEPT/table/?limit=0"],
  ["cancelSweep", 422, "/sweeps/SWEEPING/cancel/?force=1"],
  ["cancelSweep", 202, "/sweeps/SWEEPING/cancel/"],
  ["cancelSweep", 404, "/sweeps/%ff/cancel/"],
  ["cancelSweep", 404, "/sweeps/COMPLETED/cancel/"],
  ["cancelSweep", 409, "/sweeps/SWEPT/cancel/"],
  ["importPrices", 200, "/prices/?source=test", csv],
  ["importPrices", 413, "/prices/", { ...csv, body: csv.body + "x".repeat(2000) }],
  ["importPrices", 415, "/prices/", { ...csv, headers: { "content-type": "text/plain" } }],
  ["importPrices", 422, "/prices/?ticker=", csv],
  ["refreshPrices", 200, "/prices/refresh/", json({ tickers: ["DEMO"] })],
  ["refreshPrices", 400, "/prices/refresh/", { ...json({}), body: "{" }],
  ["refreshPrices", 413, "/prices/refresh/", json("x".repeat(1_100_000))],
  ["refreshPrices", 415, "/prices/refresh/", { ...json({}), headers: { "content-type": "text/plain" } }],
  ["refreshPrices", 422, "/prices/refresh/", json({ tickers: [] })],
  ["getPrices", 200, "/prices/DEMO/?every=2"],
  ["getPrices", 404, "/prices/NONE/"],
  ["getPrices", 422, "/prices/DEMO/?every=0"],
  ["deletePrices", 422, "/prices/DEMO/?force=1"],
  ["deletePrices", 200, "/prices/DEMO/"],
  ["deletePrices", 404, "/prices/DEMO/"],
  ["importDataSeries", 200, "/data-series/?name=RATE", { ...csv, body: "month,value\n2024-01,1\n" }],
  ["importDataSeries", 413, "/data-series/?name=RATE", { ...csv, body: csv.body + "x".repeat(2000) }],
  ["importDataSeries", 415, "/data-series/?name=RATE", { ...csv, headers: { "content-type": "text/plain" } }],
  ["importDataSeries", 422, "/data-series/", { ...csv, body: "month,value\n2024-01,1\n" }],
  ["listDataSeries", 200, "/data-series/"],
  ["listDataSeries", 422, "/data-series/?name=RATE"],
  ["deleteDataSeries", 422, "/data-series/A%20B/"],
  ["deleteDataSeries", 200, "/data-series/RATE/"],
  ["deleteDataSeries", 404, "/data-series/RATE/"],
  ["createSchedule", 201, "/schedules/", json({ name: "one", strategy_name: "Slow", when: { days: "month_end" } })],
  ["createSchedule", 404, "/schedules/", json({ name: "two", strategy_name: "Nope", when: { days: "month_end" } })],
  ["createSchedule", 409, "/schedules/", json({ name: "one", strategy_name: "Slow", when: { days: "month_end" } })],
  ["createSchedule", 422, "/schedules/", json({ name: "two", strategy_name: "Slow", when: {} })],
  ["createSchedule", 400, "/schedules/", { ...json({}), body: "{" }],
  ["createSchedule", 413, "/schedules/", json("x".repeat(1_100_000))],
  ["createSchedule", 415, "/schedules/", { ...json({}), headers: { "content-type": "text/plain" } }],
  ["listSchedules", 200, "/schedules/"],
  ["listSchedules", 422, "/schedules/?limit=0"],
  ["getSchedule", 200, "/schedules/1/"],
  ["getSchedule", 404, "/schedules/%ff/"],
  ["getSchedule", 404, "/schedules/999999/"],
  ["getSchedule", 422, "/schedules/1/?full=1"],
  ["updateSchedule", 200, "/schedules/1/update/", json({ version: 1, catch_up: "all" })],
  ["updateSchedule", 404, "/schedules/%ff/update/", json({ version: 1 })],
  ["updateSchedule", 404, "/schedules/999999/update/", json({ version: 1 })],
  ["updateSchedule", 409, "/schedules/1/update/", json({ version: 1 })],
  ["updateSchedule", 422, "/schedules/1/update/", json({ catch_up: "some" })],
  ["updateSchedule", 400, "/schedules/1/update/", { ...json({}), body: "{" }],
  ["updateSchedule", 413, "/schedules/1/update/", json("x".repeat(1_100_000))],
  ["updateSchedule", 415, "/schedules/1/update/", { ...json({}), headers: { "content-type": "text/plain" } }],
  ["pauseSchedule", 200, "/schedules/1/pause/", json({ note: "Holidays" })],
  ["pauseSchedule", 404, "/schedules/%ff/pause/", json({})],
  ["pauseSchedule", 404, "/schedules/999999/pause/", json({})],
  ["pauseSchedule", 422, "/schedules/1/pause/", json({ note: "" })],
  ["pauseSchedule", 400, "/schedules/1/pause/", { ...json({}), body: "{" }],
  ["pauseSchedule", 413, "/schedules/1/pause/", json("x".repeat(1_100_000))],
  ["pauseSchedule", 415, "/schedules/1/pause/", { ...json({}), headers: { "content-type": "text/plain" } }],
  ["resumeSchedule", 200, "/schedules/1/resume/"],
  ["resumeSchedule", 404, "/schedules/%ff/resume/"],
  ["resumeSchedule", 404, "/schedules/999999/resume/"],
  ["resumeSchedule", 422, "/schedules/1/resume/?force=1"],
  ["triggerSchedule", 202, "/schedules/1/trigger/"],
  ["triggerSchedule", 404, "/schedules/%ff/trigger/"],
  ["triggerSchedule", 404, "/schedules/999999/trigger/"],
  ["triggerSchedule", 422, "/schedules/1/trigger/?force=1"],
  ["backfillSchedule", 202, "/schedules/1/backfill/", json({ from: "2024-01-01", to: "2024-02-29" })],
  ["backfillSchedule", 404, "/schedules/%ff/backfill/", json({ from: "2024-01-01", to: "2024-02-29" })],
  ["backfillSchedule", 404, "/schedules/999999/backfill/", json({ from: "2024-01-01", to: "2024-02-29" })],
  ["backfillSchedule", 422, "/schedules/1/backfill/", json({ from: "2024-02-01", to: "2024-01-01" })],
  ["backfillSchedule", 400, "/schedules/1/backfill/", { ...json({}), body: "{" }],
  ["backfillSchedule", 413, "/schedules/1/backfill/", json("x".repeat(1_100_000))],
  ["backfillSchedule", 415, "/schedules/1/backfill/", { ...json({}), headers: { "content-type": "text/plain" } }],
  ["listScheduleRuns", 200, "/schedules/1/runs/?limit=2"],
  ["listScheduleRuns", 404, "/schedules/%ff/runs/"],
  ["listScheduleRuns", 404, "/schedules/999999/runs/"],
  ["listScheduleRuns", 422, "/schedules/1/runs/?limit=0"],
  ["getToday", 200, "/today/"],
  ["getToday", 422, "/today/?schedule_id=1"],
  ["deleteSchedule", 422, "/schedules/1/delete/?force=1"],
  ["deleteSchedule", 200, "/schedules/1/delete/"],
  ["deleteSchedule", 404, "/schedules/%ff/delete/"],
  ["deleteSchedule", 404, "/schedules/1/delete/"],
  ["previewSchedule", 200, "/schedules/preview/", json({ when: { cron: "0 7 * * 1-5" } })],
  ["previewSchedule", 400, "/schedules/preview/", { ...json({}), body: "{" }],
  ["previewSchedule", 413, "/schedules/preview/", json("x".repeat(1_100_000))],
  ["previewSchedule", 415, "/schedules/preview/", { ...json({}), headers: { "content-type": "text/plain" } }],
  ["previewSchedule", 422, "/schedules/preview/", json({ when: { days: "month_end", cron: "0 7 * * *" } })],
  ["getCalendar", 200, "/calendar/XKRX/?from=2027-01-01&to=2027-12-31"],
  ["getCalendar", 404, "/calendar/%ff/"],
  ["getCalendar", 404, "/calendar/XLON/"],
  ["getCalendar", 422, "/calendar/XNYS/?from=2027"],
  ["setExchangeDay", 200, "/calendar/XNYS/", json({ day: "2027-01-04", session: false, note: "A storm" })],
  ["setExchangeDay", 200, "/calendar/XNYS/", json({ day: "2027-01-04", session: null })],
  ["setExchangeDay", 400, "/calendar/XNYS/", { ...json({}), body: "{" }],
  ["setExchangeDay", 404, "/calendar/%ff/", json({ day: "2027-01-04", session: false })],
  ["setExchangeDay", 413, "/calendar/XNYS/", json("x".repeat(1_100_000))],
  ["setExchangeDay", 415, "/calendar/XNYS/", { ...json({}), headers: { "content-type": "text/plain" } }],
  ["setExchangeDay", 422, "/calendar/XNYS/", json({ day: "2027-01-04" })],
  ["listPrices", 200, "/prices/"],
  ["listPrices", 422, "/prices/?ticker=DEMO"],
  ["getHealth", 200, "/healthz"],
  ["getReadiness", 200, "/readyz"],
  ["getMetrics", 200, "/metrics"],
  ["getOpenapiJson", 200, "/openapi.json"],
  ["getOpenapiYaml", 200, "/openapi.yaml"],
];

describe("answers of the server", () => {
  const stack = new AsyncDisposableStack();
  const ids = new Map<string, number | string>();
  let address: string;
  let document: Document;
  let check: ReturnType<typeof schemaChecker>;

  beforeAll(async () => {
    const database = stack.use(await createTestDatabase());
    const receiver = stack.use(await startReceiver());
    const server = stack.use(
      await startTestServer(database.options, {
        ...noProvider,
        ...secretsKey,
        PRICES_MAX_MB: "0.001",
        COMPUTE_THREADS: "2",
      }),
    );
    address = server.address;
    document = (await (await fetch(`${address}/openapi.json`)).json()) as Document;
    check = schemaChecker(document, { closed: true });
    for (const [name, body] of Object.entries(submitted)) {
      const path = "grid" in body ? "/sweeps/" : "/strategies/execute/";
      const response = await send("post", path, json({ callback_url: receiver.url, ...body }));
      ids.set(name, ((await response.json()) as { execution_id: number }).execution_id);
    }
    await receiver.arrived(3);
    const made = await send("post", "/api-keys/", json({ client: "bots", scopes: ["read"] }));
    ids.set("APIKEY", ((await made.json()) as { prefix: string }).prefix);
    for (let count = 0; count < 7; count += 1) {
      const response = await send("post", "/signing-secrets/", json({}));
      ids.set("SECRET", ((await response.json()) as { secret_id: string }).secret_id);
    }
  });

  afterAll(() => stack.disposeAsync());

  it.each(cases)("are as documented: %s %i", async (name, status, path, sent) => {
    const { method, operation } = operationsOf(document).find(
      ({ operation: { operationId } }) => operationId === name,
    )!;
    const response = await send(method, path, sent);
    expect(response.status).toBe(status);
    const documented = responseOf(document, operation, status);
    expect(documented, `${status} is documented`).toBeDefined();
    const text = await response.text();
    const [mediaType = ""] = response.headers.get("content-type")?.split(";") ?? [];
    expect(Object.keys(documented?.content ?? { "": "nothing" })).toContain(mediaType);
    const schema = documented?.content?.[mediaType]?.schema ?? { const: "" };
    expect(check(schema, mediaType.endsWith("json") ? JSON.parse(text) : text)).toEqual([]);
  });

  it("are all covered above, except server failures, refused keys and rate limits", () => {
    const documented = operationsOf(document).flatMap(({ operation }) =>
      Object.keys(operation.responses).map((status) => `${operation.operationId} ${status}`),
    );
    expect(new Set(cases.map(([operation, status]) => `${operation} ${status}`))).toEqual(
      new Set(documented.filter((answer) => !/ (401|403|429|5\d\d)$/.test(answer))),
    );
  });

  it("are the same in YAML as in JSON", async () => {
    expect(parse(await (await fetch(`${address}/openapi.yaml`)).text())).toEqual(document);
  });

  it("accept the documented requests", async () => {
    const requests = operationsOf(document).flatMap(({ path, method, operation }) =>
      Object.entries(operation.requestBody?.content ?? {}).flatMap(([type, { examples = {} }]) =>
        Object.values(examples).map(({ value }) => ({
          path: withExamples(path, operation.parameters),
          method,
          type,
          value,
          status: Object.keys(operation.responses)[0],
        })),
      ),
    );
    expect(requests.length).toBeGreaterThan(2);
    for (const { path, method, type, value, status } of requests) {
      const body = typeof value === "string" ? value : JSON.stringify(withoutReceiver(value as object));
      expect(String((await send(method, path, { headers: { "content-type": type }, body })).status)).toBe(status);
    }
  });

  function send(method: string, path: string, sent: RequestInit = {}): Promise<Response> {
    const url = address + path.replace(/[A-Z]{4,}/, (name) => String(ids.get(name) ?? name));
    return fetch(url, { ...sent, method: method.toUpperCase() });
  }
});

/** The path with the documented examples in it, and those of fields of the query that are required. */
function withExamples(path: string, parameters: DocumentedOperation["parameters"] = []): string {
  const exampleOf = (name: string) => String(parameters.find((one) => one.name === name)?.schema.examples?.[0]);
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name) => exampleOf(name));
  const required = parameters.filter((one) => one.in === "query" && one.required === true);
  return required.length === 0
    ? filled
    : `${filled}?${new URLSearchParams(required.map(({ name }): [string, string] => [name, exampleOf(name)]))}`;
}

/** The example address is not ours. */
function withoutReceiver(value: object): object {
  return "callback_url" in value ? { ...value, callback_url: null } : value;
}
