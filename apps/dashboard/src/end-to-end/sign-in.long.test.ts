import { createClient } from "@strategy-executor/client";
import { createTestDatabase } from "@strategy-executor/db/testing";
import { describeInChromium } from "@strategy-executor/docs-page/testing";
import { makeApiKey, startTestServer } from "@strategy-executor/server/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runProgram, sendCurl } from "./copied-calls.ts";
import { copiedBy, settled } from "./support.ts";

const stack = new AsyncDisposableStack();
let address: string;
let key: string;
let reader: string;

beforeAll(async () => {
  const database = stack.use(await createTestDatabase("postgres"));
  key = await makeApiKey(database.options, "me", ["read", "execute"]);
  reader = await makeApiKey(database.options, "me", ["read"]);
  ({ address } = stack.use(await startTestServer(database.options, { AUTH: "on" })));
});
afterAll(() => stack.disposeAsync());

describeInChromium("signing in", (open) => {
  it("asks for a key, refuses a wrong one, and returns to the page that was asked for", async () => {
    const { execution_id } = await createClient({ url: address, apiKey: key }).execute("BoldAssetAllocation");
    await using opened = await open(`${address}/ui/executions/${execution_id}?tab=parameters`);
    const { page, problems } = opened;
    await page.getByRole("heading", { level: 1, name: "Sign in" }).waitFor();
    const field = page.getByLabel("API key");
    expect(await field.getAttribute("type")).toBe("password");
    await field.fill(`sx_00000000_${"0".repeat(64)}`);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").waitFor();
    await field.fill(key);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL(`${address}/ui/executions/${execution_id}?tab=parameters`);
    await page.getByRole("status", { name: "State" }).filter({ hasText: "completed" }).waitFor();
    const kept = await page.evaluate("JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }])");
    expect(kept).not.toContain(key.slice(0, 12));
    expect(kept).toMatch(/^\["",/);
    const [cookie] = await page.context().cookies();
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Strict", path: "/" });
    // The progress of new executions comes over a stream, which the cookie lets in as well.
    await page.goto(`${address}/ui/executions`);
    await settled(page);
    await createClient({ url: address, apiKey: key }).executeAndWait("BoldAssetAllocation");
    await page.getByRole("button", { name: "1 new", exact: true }).waitFor();
    expect(problems.filter((problem) => !/status 401|401 \(|ERR_ABORTED/.test(problem))).toEqual([]);

    await page.goto(`${address}/ui/settings`);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { level: 1, name: "Sign in" }).waitFor();
    expect(await page.context().cookies()).toEqual([]);
  });

  it("copies calls that take the key from the environment, and never holds it itself", async () => {
    await using opened = await open(`${address}/ui/sign-in`);
    const { page } = opened;
    await page.getByLabel("API key").fill(key);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL(`${address}/ui/`);
    await page.goto(`${address}/ui/new?p.variant=BAA-G4&label=copied`);
    await settled(page);
    const command = await copiedBy(page.getByRole("button", { name: "Copy as curl" }));
    const program = await copiedBy(page.getByRole("button", { name: "Copy as TypeScript" }));
    expect(command).toContain('"Authorization: Bearer $API_KEY"');
    for (const text of [command, program, await page.content()]) expect(text).not.toContain(key.slice(12));
    const { execution_id } = (await sendCurl(command, { API_KEY: key })) as { execution_id: number };
    const client = createClient({ url: address, apiKey: key });
    expect(await client.executions.get(execution_id)).toMatchObject({ label: "copied" });
    expect(await runProgram(program, { API_KEY: key })).toContain("completed");
    await expect(sendCurl(command)).rejects.toThrow("401");
  });

  it("hides what the key does not allow", async () => {
    // An empty list has no buttons at all.
    const client = createClient({ url: address, apiKey: key });
    const { execution_id } = await client.execute("Slow", { milliseconds: 600_000 });
    for await (const update of client.executions.watch(execution_id)) {
      if (update.kind === "progress" || update.event.status === "running") break;
    }
    await using opened = await open(`${address}/ui/sign-in`);
    const { page } = opened;
    await page.getByLabel("API key").fill(reader);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL(`${address}/ui/`);
    await page.goto(`${address}/ui/executions?status=running`);
    await settled(page);
    await page.getByRole("button", { name: "Compare" }).waitFor();
    expect(await page.getByRole("button", { name: "Cancel", exact: true }).count()).toBe(0);
    expect(await page.getByRole("button", { name: "Cancel all that match" }).count()).toBe(0);
    expect(await page.getByRole("button", { name: "Run again" }).count()).toBe(0);
    await client.executions.cancel(execution_id);
    await page.goto(`${address}/ui/settings`);
    await settled(page);
    await page.getByRole("region", { name: "Exchange calendar" }).getByText("America/New_York").waitFor();
    expect(await page.getByRole("button", { name: "Set the day" }).count()).toBe(0);
    await page.goto(`${address}/ui/workers`);
    await page.getByRole("alert").filter({ hasText: "admin" }).waitFor();
  });
});
