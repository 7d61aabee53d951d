import { startReceiver } from "@strategy-executor/core/testing";
import { createTestDatabase } from "@strategy-executor/db/testing";
import { expect, it } from "vitest";
import { startTestServer } from "../testing/test-server.ts";
import { type ReceivedSpan, startTraceReceiver, type TraceReceiver } from "../testing/trace-receiver.ts";

const trace = "0af7651916cd43dd8448eb211c80319c";
const traceparent = `00-${trace}-b7ad6b7169203331-01`;

it("joins request, queue, compute and delivery in one trace, from the client over two servers to the receiver", async () => {
  await using test = await createTestDatabase("postgres");
  await using traces = await startTraceReceiver();
  await using receiver = await startReceiver();
  const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: traces.url };
  await using api = await startTestServer(test.options, { ...environment, ROLE: "api" });
  await using _worker = await startTestServer(test.options, {
    ...environment,
    ROLE: "worker",
    OTEL_SERVICE_NAME: "the-worker",
  });
  const id = await submit(api.address, { callback_url: `${receiver.url}/hook?token=secret` }, { traceparent });
  await receiver.arrived(1);
  await arrive(traces, trace, ["POST /strategies/execute/", "queue", "compute", "deliver"]);
  const spans = new Map(traces.spans.filter(({ traceId }) => traceId === trace).map((span) => [span.name, span]));
  const request = spans.get("POST /strategies/execute/")!;
  expect(request).toMatchObject({
    parentSpanId: "b7ad6b7169203331",
    service: "strategy-executor",
    attributes: { "http.response.status_code": 202, "http.route": "/strategies/execute/" },
  });
  for (const name of ["queue", "compute", "deliver"]) {
    expect(spans.get(name)).toMatchObject({
      parentSpanId: request.spanId,
      service: "the-worker",
      attributes: { "strategy_executor.execution_id": id },
    });
  }
  expect(spans.get("compute")).toMatchObject({ attributes: { "strategy_executor.ending": "completed" }, status: 0 });
  expect(spans.get("queue")!.durationMs).toBeGreaterThan(0);
  expect(receiver.received[0]?.headers["traceparent"]).toBe(`00-${trace}-${spans.get("deliver")!.spanId}-01`);
  expect(JSON.stringify(traces.spans)).not.toContain("secret");
});

it("continues the trace when another process delivers, and records failures", async () => {
  await using test = await createTestDatabase();
  await using traces = await startTraceReceiver();
  await using receiver = await startReceiver((res) => res.writeHead(500).end());
  await using server = await startTestServer(test.options, {
    OTEL_EXPORTER_OTLP_ENDPOINT: `${traces.url}/`,
  });
  const submission = { strategy_name: "Slow", parameters: { milliseconds: 60_000 }, callback_url: receiver.url };
  const id = await submit(server.address, submission, { traceparent: "nonsense" });
  await fetch(`${server.address}/executions/${id}/cancel/`, { method: "POST" });
  await receiver.arrived(1);
  const [, traceId = ""] = receiver.received[0]!.headers["traceparent"]!.toString().split("-");
  await arrive(traces, traceId, ["POST /strategies/execute/", "deliver"]);
  const own = traces.spans.filter((span) => span.traceId === traceId);
  expect(own.find(({ name }) => name === "POST /strategies/execute/")).toMatchObject({ parentSpanId: "" });
  expect(own.find(({ name }) => name === "deliver")).toMatchObject({
    status: 2,
    attributes: { "http.response.status_code": 500, "strategy_executor.delivery_attempt": 1 },
  });
});

async function arrive(traces: TraceReceiver, traceId: string, names: string[]): Promise<void> {
  const arrived = () => traces.spans.filter((span: ReceivedSpan) => span.traceId === traceId).map(({ name }) => name);
  await expect.poll(arrived, { timeout: 20_000 }).toEqual(expect.arrayContaining(names));
}

async function submit(address: string, rest: object, headers: Record<string, string>): Promise<number> {
  const response = await fetch(`${address}/strategies/execute/`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ strategy_name: "MovingAverageCrossover", ...rest }),
  });
  expect(response.status).toBe(202);
  return ((await response.json()) as { execution_id: number }).execution_id;
}
