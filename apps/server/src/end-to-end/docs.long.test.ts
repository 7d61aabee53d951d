import { startReceiver } from "@strategy-executor/core/testing";
import { createTestDatabase } from "@strategy-executor/db/testing";
import { describeInChromium } from "@strategy-executor/docs-page/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Document } from "../testing/openapi-document.ts";
import { startTestServer } from "../testing/test-server.ts";

const stack = new AsyncDisposableStack();
let address: string;

beforeAll(async () => {
  const database = stack.use(await createTestDatabase("pglite"));
  ({ address } = stack.use(await startTestServer(database.options)));
});

afterAll(() => stack.disposeAsync());

describeInChromium("the server's documentation", (open) => {
  it("shows the callback with its address, its payloads and their schemas", async () => {
    await using opened = await open(`${address}/docs`);
    const execute = opened.page.locator("#operations-Strategies-executeStrategy");
    await execute.getByRole("button", { name: "/strategies/execute/" }).first().click();
    await execute.getByRole("heading", { name: "Callbacks" }).click();

    const callback = execute.locator("#operations-callbacks-execution_ended");
    await callback.getByRole("button").first().click();
    expect(await callback.locator(".opblock-summary-path").innerText()).toBe("{$request.body#/callback_url}");
    expect(await callback.getByText("any 2xx status").isVisible()).toBe(true);

    const { completed, failed, cancelled } = await documentedPayloads();
    for (const [name, payload] of Object.entries({ completed, failed, cancelled })) {
      await callback.locator("select").filter({ hasText: "The execution completed" }).selectOption(name);
      const shown = callback.locator(".highlight-code").filter({ hasText: `"${name}"` });
      expect(JSON.parse(await shown.innerText())).toEqual(payload!.value);
    }

    await callback.getByRole("tab", { name: "Schema" }).click();
    await callback.getByRole("button", { name: "One of" }).click();
    await callback.getByRole("button", { name: "CompletedCallback" }).click();
    const schemas = await callback.getByRole("tabpanel").innerText();
    for (const name of ["ExecutionCallback", "CompletedCallback", "FailedCallback", "CancelledCallback"])
      expect(schemas).toContain(name);
    for (const field of Object.keys(completed!.value as object)) expect(schemas).toContain(field);
    expect(opened.problems).toEqual([]);
  });

  it("submits an execution whose callback arrives", async () => {
    await using receiver = await startReceiver();
    await using opened = await open(`${address}/docs`);
    const execute = opened.page.locator("#operations-Strategies-executeStrategy");
    await execute.getByRole("button", { name: "/strategies/execute/" }).first().click();
    const example = JSON.parse(await execute.locator("textarea").inputValue()) as object;
    await execute.locator("textarea").fill(JSON.stringify({ ...example, callback_url: receiver.url }));
    await execute.getByRole("button", { name: "Execute", exact: true }).click();

    const answer = execute.locator(".live-responses-table .response");
    expect(await answer.locator(".response-col_status").innerText()).toMatch(/^202\b/);
    const accepted = JSON.parse(await answer.locator("code").first().innerText()) as { execution_id: number };
    expect(accepted).toMatchObject({ status: "pending", callback_url: receiver.url });
    await receiver.arrived(1);
    expect(receiver.received[0]?.body).toMatchObject({ execution_id: accepted.execution_id, status: "completed" });
    expect(opened.problems).toEqual([]);
  });
});

async function documentedPayloads() {
  const document = (await (await fetch(`${address}/openapi.json`)).json()) as Document;
  const { callbacks } = document.paths["/strategies/execute/"]!["post"]!;
  const callback = callbacks?.["execution_ended"]?.["{$request.body#/callback_url}"]?.["post"];
  return callback?.requestBody?.content["application/json"]?.examples ?? {};
}
