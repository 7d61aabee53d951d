import { createClient } from "@strategy-executor/client";
import type { Scope } from "@strategy-executor/core";
import { createTestDatabase, type TestDatabase } from "@strategy-executor/db/testing";
import { describeInChromium, type OpenPage } from "@strategy-executor/docs-page/testing";
import { makeApiKey, startTestServer } from "@strategy-executor/server/testing";
import type { Locator, Request } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { settled, signIn } from "./support.ts";

const stack = new AsyncDisposableStack();
let database: TestDatabase;
let address: string;
let admin: string;

const keyOf = (client: string, ...scopes: Scope[]): Promise<string> => makeApiKey(database.options, client, scopes);
const clientOf = (apiKey: string) => createClient({ url: address, apiKey, retries: 0 });

beforeAll(async () => {
  database = stack.use(await createTestDatabase("postgres"));
  admin = await keyOf("operator", "admin");
  // Nothing runs, so what waits goes on waiting, and two executions fill the backlog.
  const settings = { AUTH: "on", ROLE: "api", RATE_LIMIT: "600", MAX_BACKLOG: "1" };
  ({ address } = stack.use(await startTestServer(database.options, settings)));
});
afterAll(() => stack.disposeAsync());
afterEach(() => void vi.restoreAllMocks());

/** What a screen reader says of a field besides its name. */
async function descriptionOf(field: Locator): Promise<string> {
  return field.evaluate((input) =>
    (input.getAttribute("aria-describedby") ?? "")
      .split(" ")
      .map((id) => document.getElementById(id)?.textContent ?? "")
      .join(" "),
  );
}

/** Makes as many requests as a client may make in a minute; with a wrong key, as this address may. */
async function burn(key: string): Promise<void> {
  const calls = Array.from({ length: 20 }, () => "getSession").join(",");
  const url = `${address}/trpc/${calls}?batch=1&input=%7B%7D`;
  while ((await fetch(url, { headers: { authorization: `Bearer ${key}` } })).status !== 429);
}

/** For the service. The clock of a page is its own. */
function letAMinutePass(): void {
  const now = Date.now;
  vi.spyOn(Date, "now").mockImplementation(() => now() + 61_000);
}

describeInChromium("errors on the pages", (open) => {
  const visit = async (path: string, key: string): Promise<OpenPage> => {
    const opened = await open(`${address}/ui${path}`);
    await signIn(opened.page, key);
    await settled(opened.page);
    return opened;
  };

  it("tells a conflict at its field", async () => {
    const key = await keyOf("planner", "read", "execute");
    const { procedures } = clientOf(key);
    const schedule = { name: "taken", strategy_name: "BoldAssetAllocation", when: { days: "month_end" } } as const;
    const { schedule_id, version } = await procedures.createSchedule.mutate(schedule);
    await using opened = await visit("/schedules/new", key);
    const { page } = opened;
    const name = page.getByRole("textbox", { name: "Name" });
    await name.fill("taken");
    await page.getByRole("button", { name: "Create" }).click();
    await expect.poll(() => name.getAttribute("aria-invalid")).toBe("true");
    expect(await descriptionOf(name)).toContain("is the name of another schedule");

    // Somebody else changes it meanwhile.
    await page.goto(`${address}/ui/schedules/${schedule_id}/edit`);
    await name.waitFor();
    await procedures.updateSchedule.mutate({ schedule_id, version, name: "changed" });
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("alert").filter({ hasText: "version" }).waitFor();
    expect((await procedures.getSchedule.query({ schedule_id })).name).toBe("changed");
  });

  it("tells what is invalid at its field", async () => {
    const key = await keyOf("typist", "read", "execute");
    await using opened = await visit("/new?strategy=BoldAssetAllocation", key);
    const { page } = opened;
    const callback = page.getByLabel("Callback URL");
    await callback.fill("ftp://example.org/");
    await page.waitForURL(/callback=ftp/);
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await expect.poll(() => callback.getAttribute("aria-invalid")).toBe("true");
    expect(await descriptionOf(callback)).toMatch(/http/);
    const cost = page.getByLabel("cost_bps");
    await cost.fill("20000");
    await expect.poll(() => cost.getAttribute("aria-invalid")).toBe("true");
    expect(await descriptionOf(cost)).toContain("10000");

    await page.goto(`${address}/ui/schedules/new`);
    await page.getByLabel("Rule").selectOption("cron");
    const cron = page.getByLabel("Cron");
    await cron.fill("61 * * * *");
    await expect.poll(() => cron.getAttribute("aria-invalid")).toBe("true");
    expect(await descriptionOf(cron)).toContain("61");
    await cron.fill("30 16 * * *");
    await expect.poll(() => cron.getAttribute("aria-invalid")).toBe("false");
    const zone = page.getByLabel("Time zone");
    await zone.fill("Europe/Atlantis");
    await expect.poll(() => descriptionOf(zone)).toContain("is not a known time zone");
  });

  it("counts down when there were too many requests, and then goes on", async () => {
    const key = await keyOf("hasty", "read");
    await using opened = await visit("/settings", key);
    const { page } = opened;
    await page.clock.install();
    await page.reload();
    await settled(page);
    await burn(key);
    await page.getByRole("link", { name: "Prices" }).click();
    const busy = page
      .getByRole("alert")
      .filter({ hasText: /The service is busy: asking again in \d+ s/ })
      .first();
    await busy.waitFor();
    const left = async () => Number(/in (\d+) s/.exec(await busy.innerText())![1]);
    const first = await left();
    expect(first).toBeLessThanOrEqual(60);
    await page.clock.runFor(3_000);
    await expect.poll(left).toBeLessThanOrEqual(first - 3);
    letAMinutePass();
    await page.clock.fastForward(61_000);
    await page.getByRole("heading", { level: 1, name: "Prices" }).waitFor();
    await busy.waitFor({ state: "detached" });
    await page.getByText("npm run prices").waitFor();
  });

  it("counts down when the service takes no more, and submits once there is room, once", async () => {
    const filler = clientOf(await keyOf("filler", "read", "execute"));
    const key = await keyOf("patient", "read", "execute");
    const waiting = [await filler.execute("BoldAssetAllocation"), await filler.execute("BoldAssetAllocation")];
    await using opened = await visit("/new?strategy=BoldAssetAllocation&p.variant=BAA-G4", key);
    const { page } = opened;
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await page.getByRole("alert").filter({ hasText: "The service is busy: asking again in 1 s" }).waitFor();
    for (const { execution_id } of waiting) await filler.executions.cancel(execution_id);
    await page.waitForURL(/\/executions\/\d+$/);
    const { executions } = await clientOf(key).executions.list();
    expect(executions).toHaveLength(1);
    await clientOf(key).executions.cancel(executions[0]!.execution_id);
  });

  it("leaves to the reader what could be done twice, because its answer was lost", async () => {
    const key = await keyOf("careful", "read", "execute");
    const asClient = { authorization: `Bearer ${key}` };
    const made = await fetch(`${address}/schedules/`, {
      method: "POST",
      headers: { "content-type": "application/json", ...asClient },
      body: JSON.stringify({ name: "yearly", strategy_name: "BoldAssetAllocation", when: { days: "year_end" } }),
    });
    const { schedule_id } = (await made.json()) as { schedule_id: number };
    await using opened = await visit("/settings", key);
    const { page } = opened;
    await page.clock.install();
    await page.goto(`${address}/ui/schedules/${schedule_id}`);
    await page.route("**/trpc/triggerSchedule**", async (route) => {
      await route.fetch();
      const error = {
        message: "The database was lost",
        code: -32_603,
        data: { code: "SERVICE_UNAVAILABLE", httpStatus: 503 },
      };
      await route.fulfill({ status: 503, contentType: "application/json", body: JSON.stringify({ error }) });
    });
    await page.getByRole("button", { name: "Trigger" }).click();
    await page.getByRole("alert").filter({ hasText: "The service is busy: try again soon" }).waitFor();
    await page.clock.runFor(10_000);
    const answer = await fetch(`${address}/schedules/${schedule_id}/runs/`, { headers: asClient });
    expect(((await answer.json()) as { runs: unknown[] }).runs).toHaveLength(1);
  });

  it("asks for a key when the session ends while a page is open, and returns to the same address", async () => {
    const key = await keyOf("leaving", "read");
    await using opened = await visit("/executions?status=failed&label=some", key);
    const { page } = opened;
    await page.getByText("Nothing matches these filters").waitFor();
    await clientOf(admin).procedures.revokeApiKey.mutate({ prefix: key.slice(0, 11) });
    await page.getByRole("heading", { level: 1, name: "Sign in" }).waitFor();
    await signIn(page, await keyOf("leaving", "read"));
    expect(page.url()).toBe(`${address}/ui/executions?status=failed&label=some`);
    await page.getByText("Nothing matches these filters").waitFor();
  });

  it("names the scope that a key lacks", async () => {
    await using opened = await visit("/workers", await keyOf("reader", "read"));
    const refused = opened.page.getByRole("alert");
    await refused.filter({ hasText: "Your key does not allow this" }).first().waitFor();
    expect(await refused.first().innerText()).toContain("This needs an API key with the scope admin");
  });

  it("has a way back from what does not exist", async () => {
    await using opened = await visit("/", await keyOf("lost", "read"));
    const { page } = opened;
    for (const path of [
      "/no/such/page",
      "/executions/999999",
      "/executions/none",
      "/sweeps/999999",
      "/sweeps/0",
      "/schedules/999999",
      "/schedules/1.5/edit",
      "/strategies/Nothing",
      "/prices/NOTHING",
    ]) {
      await page.goto(`${address}/ui${path}`);
      await page.getByRole("navigation", { name: "Main" }).waitFor();
      await page.getByRole("main").getByRole("link", { name: "To the overview" }).click();
      await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
      expect([path, new URL(page.url()).pathname]).toEqual([path, "/ui/"]);
    }
  });

  it("shows what it has while the service is busy, and reads it again afterwards", async () => {
    const key = await keyOf("watcher", "read", "execute");
    const { execution_id } = await clientOf(key).execute("BoldAssetAllocation");
    await using opened = await visit("/settings", key);
    const { page } = opened;
    await page.clock.install();
    await page.goto(`${address}/ui/executions/${execution_id}`);
    const state = page.getByRole("status", { name: "State" });
    await state.filter({ hasText: "pending" }).waitFor();
    await burn(key);
    const refused = page.waitForResponse((response) => response.status() === 429);
    await clientOf(admin).executions.cancel(execution_id);
    await refused;
    await state.filter({ hasText: "pending" }).waitFor();
    letAMinutePass();
    // The page may still be reading the refusal, and begin to wait only then.
    const stateLater = async () => {
      await page.clock.fastForward(61_000);
      return state.innerText();
    };
    await expect.poll(stateLater).toContain("cancelled");
    expect(await page.getByRole("alert").count()).toBe(0);
  });

  it("follows an execution again whose stream was refused because the service was busy", async () => {
    const key = await keyOf("follower", "read", "execute");
    const { execution_id } = await clientOf(key).execute("BoldAssetAllocation");
    await using opened = await visit("/settings", key);
    const { page } = opened;
    await page.clock.install();
    const { promise: burnt, resolve: goOn } = Promise.withResolvers<void>();
    await page.route(/trpc\/watchExecution\?/, async (route) => {
      await burnt;
      await route.continue();
    });
    await page.goto(`${address}/ui/executions/${execution_id}`);
    const state = page.getByRole("status", { name: "State" });
    await state.filter({ hasText: "pending" }).waitFor();
    await burn(key);
    // The refusal is an event of the stream. Then either side may end it first.
    const isStream = (request: Request) => request.url().includes("/trpc/watchExecution?");
    const refused = Promise.race([
      page.waitForEvent("requestfailed", isStream),
      page.waitForEvent("requestfinished", isStream),
    ]);
    goOn();
    await refused;
    letAMinutePass();
    let isBegun = false;
    void page.waitForRequest(/trpc\/watchExecution\?/).then(() => (isBegun = true));
    const begins = async () => {
      if (!isBegun) await page.clock.runFor(5_000);
      return isBegun;
    };
    await expect.poll(begins).toBe(true);
    await clientOf(admin).executions.cancel(execution_id);
    await state.filter({ hasText: "cancelled" }).waitFor();
  });

  it("keeps the last data greyed without a network, opens further pages once it is back, and reads anew", async () => {
    const key = await keyOf("traveller", "read", "execute");
    const { execution_id } = await clientOf(key).execute("BoldAssetAllocation");
    await using opened = await visit("/executions", key);
    const { page } = opened;
    const rows = page.getByRole("table", { name: "Executions" }).getByRole("row");
    await rows.filter({ hasText: "pending" }).waitFor();
    const main = page.getByRole("main");
    const look = () => main.evaluate((element) => getComputedStyle(element).filter);
    expect(await look()).toBe("none");
    await page.context().setOffline(true);
    await page.getByRole("combobox", { name: "Status" }).selectOption("cancelled");
    const banner = page.getByRole("alert").filter({ hasText: "No connection to the service" });
    await banner.waitFor();
    expect(await look()).toBe("grayscale(1)");
    await rows.filter({ hasText: "pending" }).waitFor();

    // A page whose code was not loaded yet.
    await page.getByRole("link", { name: "Sweeps" }).click();
    await page.getByRole("heading", { level: 1, name: "The service cannot be reached" }).waitFor();
    await banner.waitFor();
    await clientOf(key).executions.cancel(execution_id);
    await page.context().setOffline(false);
    await page.getByRole("heading", { level: 1, name: "Sweeps" }).waitFor();
    await banner.waitFor({ state: "detached" });
    expect(await look()).toBe("none");
    await page.getByRole("link", { name: "Executions" }).click();
    await rows.filter({ hasText: "cancelled" }).waitFor();
  });

  // The last one: no one can sign in from this address for a minute.
  it("says after how long to try again when there were too many tries to sign in", async () => {
    const key = await keyOf("forgetful", "read");
    await using opened = await open(`${address}/ui/sign-in`);
    const { page } = opened;
    await burn(`${key.slice(0, -1)}x`);
    await page.getByLabel("API key").fill(key);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page
      .getByRole("alert")
      .filter({ hasText: /^Too many tries: try again in \d+ s$/ })
      .waitFor();
    letAMinutePass();
    await signIn(page, key);
    await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
    expect(new URL(page.url()).pathname).toBe("/ui/");
  });
});
