import { startReceiver } from "@strategy-executor/core/testing";
import { createTestDatabase } from "@strategy-executor/db/testing";
import { expect, it } from "vitest";
import { restTransport } from "../parity/rest-transport.ts";
import { startServerProcess } from "../testing/server-process.ts";
import { startTraceReceiver } from "../testing/trace-receiver.ts";

it("does not load OpenTelemetry's SDK and sends no traceparent when tracing is off", async () => {
  await using test = await createTestDatabase("postgres");
  await using traces = await startTraceReceiver();
  await using receiver = await startReceiver();
  const startTraced = (environment: Record<string, string>) =>
    startServerProcess(test.options, { NODE_OPTIONS: `--import ${tellingModules}`, ...environment });
  await using server = await startTraced({});
  const submission = { strategy_name: "MovingAverageCrossover", callback_url: receiver.url };
  await restTransport.call(server.url, "executeStrategy", submission);
  await receiver.arrived(1);
  expect(receiver.received[0]?.headers).not.toHaveProperty("traceparent");
  expect(modulesOf(server.lines)).toEqual([]);
  await server.end("SIGTERM");
  await using tracing = await startTraced({ OTEL_EXPORTER_OTLP_ENDPOINT: traces.url });
  expect(modulesOf(tracing.lines)).not.toEqual([]);
});

/** Logs a line for each SDK module that is resolved. */
const tellingModules = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from "node:module";
  registerHooks({ resolve(specifier, context, next) {
    const found = next(specifier, context);
    if (/@opentelemetry.(sdk|exporter|resources)/.test(found.url)) console.log("module " + found.url);
    return found;
  } });`)}`;

function modulesOf(lines: readonly string[]): string[] {
  return lines.filter((line) => line.startsWith("module "));
}
