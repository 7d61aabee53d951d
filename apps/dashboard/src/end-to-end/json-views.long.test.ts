import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { createClient } from "@strategy-executor/client";
import { startReceiver } from "@strategy-executor/core/testing";
import { createTestDatabase } from "@strategy-executor/db/testing";
import { describeInChromium, type OpenPage } from "@strategy-executor/docs-page/testing";
import { makeApiKey, startTestServer } from "@strategy-executor/server/testing";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { settled, signIn } from "./support.ts";

const stack = new AsyncDisposableStack();
let address: string;
let key: string;
let client: ReturnType<typeof createClient>;
let execution: number;

beforeAll(async () => {
  const database = stack.use(await createTestDatabase("postgres"));
  key = await makeApiKey(database.options, "me", ["read", "execute"]);
  ({ address } = stack.use(await startTestServer(database.options, { AUTH: "on" })));
  await using receiver = await startReceiver();
  client = createClient({ url: address, apiKey: key });
  ({ execution_id: execution } = await client.execute(
    "BoldAssetAllocation",
    { variant: "BAA-G4" },
    { callback_url: receiver.url },
  ));
  for await (const update of client.executions.watch(execution)) void update;
  await receiver.arrived(1);
});
afterAll(() => stack.disposeAsync());

/** What was copied. */
const copied = (page: Page) => page.evaluate<string>("navigator.clipboard.readText()");

/** Runs a copied command in a shell that has the key. */
async function run(command: string): Promise<unknown> {
  const { stdout } = await promisify(execFile)("sh", ["-c", command], { env: { ...process.env, API_KEY: key } });
  return JSON.parse(stdout);
}

describeInChromium("JSON on the pages", (open) => {
  const visit = async (path: string): Promise<OpenPage> => {
    const opened = await open(`${address}/ui${path}`, { permissions: ["clipboard-read", "clipboard-write"] });
    await signIn(opened.page, key);
    await settled(opened.page);
    return opened;
  };

  it("is collapsed beyond 200 lines, and copied as a whole", async () => {
    await using opened = await visit(`/executions/${execution}?tab=json`);
    const { page } = opened;
    const shown = page.getByRole("region", { name: "JSON" });
    await shown.first().waitFor();
    expect((await shown.first().innerText()).split("\n")).toHaveLength(200);
    expect(await shown.nth(1).isVisible()).toBe(false);
    const answer = await (
      await fetch(`${address}/executions/${execution}/`, { headers: { authorization: `Bearer ${key}` } })
    ).json();
    const lines = JSON.stringify(answer, null, 2).split("\n").length;
    await page.getByText(`${lines - 200} more lines`, { exact: true }).click();
    expect((await shown.nth(1).innerText()).split("\n")).toHaveLength(lines - 200);
    await page.getByRole("button", { name: "Copy", exact: true }).click();
    await page.getByRole("button", { name: "Copied" }).waitFor();
    expect(JSON.parse(await copied(page))).toEqual(answer);
  });

  it("is copied as a curl command that names a variable for the key, and that answers the same", async () => {
    await using opened = await visit(`/executions/${execution}?tab=json`);
    const { page } = opened;
    await page.getByRole("button", { name: "Copy as curl" }).click();
    await page.getByRole("button", { name: "Copied" }).waitFor();
    const command = await copied(page);
    expect(command).toContain('-H "Authorization: Bearer $API_KEY"');
    expect(command).not.toContain(key.slice(0, 12));
    await page.getByRole("button", { name: "Copy", exact: true }).click();
    await expect.poll(() => copied(page)).toMatch(/^\{/);
    expect(await run(command)).toEqual(JSON.parse(await copied(page)));
  });

  it("has the same buttons on every page that shows some, and none has the key", async () => {
    await using opened = await visit(`/executions/${execution}?tab=parameters`);
    const { page } = opened;
    await page.getByRole("button", { name: "Copy as curl" }).click();
    await expect.poll(() => copied(page)).toContain('"variant":"BAA-G4"');
    // The command that was copied runs the same again.
    const again = (await run(await copied(page))) as { execution_id: number };
    expect(again.execution_id).toBeGreaterThan(execution);
    const { execution_parameters } = await client.executions.get(again.execution_id);
    expect(execution_parameters).toMatchObject({ variant: "BAA-G4" });

    await page.goto(`${address}/ui/executions/${execution}?tab=callback`);
    await page.getByText("Attempt 1 in full").click();
    const attempt = page.locator("details").filter({ hasText: "Attempt 1 in full" });
    await attempt.getByRole("button", { name: "Copy as curl" }).click();
    await expect.poll(() => copied(page)).toContain("/callback/attempts/");
    expect(await run(await copied(page))).toMatchObject({ attempts: [{ number: 1 }] });

    await page.goto(`${address}/ui/new?strategy=BoldAssetAllocation&p.variant=BAA-G12`);
    const texts = await page.getByRole("region", { name: "curl" }).innerText();
    expect(texts).toContain("$API_KEY");
    expect(texts).toContain('"variant":"BAA-G12"');
    expect(await page.content()).not.toContain(key.slice(0, 12));
  });

  it("is copied over plain http, too, where browsers have no clipboard for scripts", async () => {
    await using opened = await visit(`/executions/${execution}?tab=json`);
    const { page } = opened;
    await page.addInitScript("delete Navigator.prototype.clipboard");
    await page.reload();
    await page.getByRole("button", { name: "Copy as curl" }).click();
    await page.getByRole("button", { name: "Copied" }).waitFor();
    await page.keyboard.press("/");
    const input = page.getByRole("combobox");
    await input.waitFor();
    await page.keyboard.press("Control+v");
    await expect.poll(() => input.inputValue()).toContain(`curl ${address}/executions/${execution}/`);
  });
});
