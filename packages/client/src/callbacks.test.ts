import { fileURLToPath } from "node:url";
import { build, type Rolldown } from "vite";
import { expect, it } from "vitest";
import { executionCallback, receiveExecution } from "./callbacks.ts";

const { completed } = executionCallback.examples!;

it("receives what the service sends, typed by its status", async () => {
  const { payload } = await receiveExecution(toRequest(completed!.value));
  expect(payload.status === "completed" && payload.result.final_value).toBe(125_000);
});

it("rejects anything else, with the response status and the invalid fields", async () => {
  await expect(receiveExecution(toRequest({ ...completed!.value, execution_id: "1" }))).rejects.toMatchObject({
    name: "CallbackRejectedError",
    status: 422,
    issues: [{ path: "execution_id" }],
  });
});

it("contains no server code except the callback's contract", async () => {
  const built = (await build({
    configFile: false,
    logLevel: "error",
    build: { write: false, ssr: fileURLToPath(new URL("callbacks.ts", import.meta.url)) },
    ssr: { noExternal: true },
  })) as Rolldown.RolldownOutput;
  const ids = built.output.flatMap((file) => (file.type === "chunk" ? file.moduleIds : []));
  const workspace = ids
    .flatMap((id) => /\/((?:apps|packages)\/.+)/.exec(id)?.[1] ?? [])
    .filter((id) => !id.includes("node_modules"));
  const foreign = workspace.filter((id) => !/^packages\/(client|callback)\/src\//.test(id));
  expect(foreign.toSorted()).toEqual([
    "packages/core/src/analysis/analysis-schema.ts",
    "packages/core/src/backtest/result.ts",
    "packages/core/src/common/printable-text.ts",
    "packages/core/src/engine/delivery/execution-callback.ts",
    "packages/core/src/engine/lifecycle/execution-result.ts",
    "packages/core/src/engine/lifecycle/execution.ts",
    "packages/core/src/market/price-warning.ts",
    "packages/core/src/notifications/callback-format.ts",
    "packages/core/src/notifications/mailto.ts",
    "packages/core/src/strategy/fill-rule.ts",
    "packages/core/src/sweep/metrics-table.ts",
    "packages/core/src/sweep/sweep-report.ts",
  ]);
});

function toRequest(body: unknown): Request {
  const headers = { "content-type": "application/json", "webhook-id": crypto.randomUUID() };
  return new Request("http://localhost/", { method: "POST", headers, body: JSON.stringify(body) });
}
