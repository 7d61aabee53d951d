import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { startReceiver } from "@strategy-executor/core/testing";
import { describeInChromium, type OpenPage } from "@strategy-executor/docs-page/testing";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { faultsOf, type Service, settled, startService } from "./support.ts";

const stack = new AsyncDisposableStack();
let service: Service;

beforeAll(async () => {
  // One failure opens a receiver's circuit, which stays open.
  service = stack.use(await startService({ CALLBACK_CIRCUIT_FAILURES: "1", CALLBACK_CIRCUIT_MS: "3600000" }));
});

afterAll(() => stack.disposeAsync());

/** An address at which nothing listens any more. */
async function closedAddress(): Promise<string> {
  await using receiver = await startReceiver();
  return receiver.url;
}

describeInChromium("the overview", (open) => {
  const visit = async (): Promise<OpenPage> => {
    const opened = await open(`${service.address}/ui/`);
    await settled(opened.page);
    return opened;
  };

  // These two in this order: the first fills the empty service.
  it("shows three steps to begin, each as a button and as a command that works", async () => {
    await using opened = await visit();
    const { page, problems } = opened;
    const steps = page.getByRole("region", { name: "Begin here" }).locator("ol > li");
    expect(await steps.getByRole("heading").allInnerTexts()).toEqual([
      "Run a strategy",
      "Load prices",
      "Make a schedule",
    ]);
    await steps.nth(0).getByRole("button", { name: "Run Bold Asset Allocation" }).waitFor();
    expect(await steps.nth(1).getByRole("link", { name: "Load prices" }).getAttribute("href")).toBe("/ui/prices");
    expect(await steps.nth(2).getByRole("link", { name: "New schedule" }).getAttribute("href")).toBe(
      "/ui/schedules/new",
    );
    const commands: string[] = [];
    for (const step of await steps.all()) {
      await step.getByText("The same from a terminal").click();
      commands.push(await step.locator("pre").innerText());
    }

    const folder = await mkdtemp(join(tmpdir(), "prices-"));
    try {
      await writeFile(join(folder, "prices.csv"), "date,ticker,close,adj_close\n2024-01-02,SPY,10,9\n");
      for (const command of commands) {
        const { stdout } = await promisify(execFile)("sh", ["-c", `${command} -sS --fail-with-body`], { cwd: folder });
        expect(JSON.parse(stdout)).toBeTruthy();
      }
    } finally {
      await rm(folder, { recursive: true });
    }
    // The page leaves the steps behind without a reload.
    await page.getByRole("heading", { name: "Running now" }).waitFor();
    const { schedules } = await service.client.procedures.listSchedules.query({});
    expect(schedules.map(({ name }) => name)).toEqual(["BAA at month end"]);
    expect((await service.client.prices.list()).map(({ ticker }) => ticker)).toEqual(["SPY"]);
    expect(faultsOf(problems)).toEqual([]);
  });

  describe("in use", () => {
    let running: number;
    let waiting: number;
    let failed: number;
    let givenUp: number;
    let receiver: string;

    beforeAll(async () => {
      const { procedures } = service.client;
      receiver = await closedAddress();
      givenUp = await service.run("Slow", { milliseconds: 1 }, { callback_url: receiver });
      failed = await service.run("BoldAssetAllocation", { variant: "INVALID" }, { label: "typo" });
      const submit = async (strategy_name: string, parameters: Record<string, unknown>) =>
        (await procedures.executeStrategy.mutate({ strategy_name, parameters })).execution_id;
      running = await submit("Slow", { milliseconds: 600_000 });
      waiting = await submit("Slow", { milliseconds: 1 });
      const cancelled = await submit("Slow", { milliseconds: 2 });
      await procedures.cancelExecution.mutate({ execution_id: cancelled });
      await procedures.pauseSchedule.mutate({ schedule_id: 1 });
      const halfAYearAway = ((new Date().getUTCMonth() + 6) % 12) + 1;
      for (const minute of [5, 3, 1, 0, 2, 4]) {
        await procedures.createSchedule.mutate({
          name: `minute ${minute}`,
          strategy_name: "BoldAssetAllocation",
          when: { cron: `${minute} 0 1 ${halfAYearAway} *` },
        });
      }
      // The pages that follow show what is known now: a circuit is reported some moments after it has opened.
      await vi.waitUntil(
        async () => {
          const activity = await procedures.getActivity.query({});
          const { waiting: pending, running: taken, given_up_last_day: ended, open_circuits: circuits } = activity;
          return [pending, taken, ended, circuits].every(({ count }) => count === 1);
        },
        { timeout: 30_000 },
      );
    });
    const tileOf = (page: Page, name: string) =>
      page.locator("main dl > div").filter({ has: page.getByText(name, { exact: true }) });

    it("counts what happens, and leads from each count to the list behind it", async () => {
      await using opened = await visit();
      const { page, problems } = opened;
      const count = (name: string) => tileOf(page, name).getByRole("link").innerText();
      await expect.poll(() => count("Waiting")).toBe("1");
      await tileOf(page, "Waiting")
        .getByText(/^the oldest (.+ ago|now)$/)
        .waitFor();
      expect(await count("Running")).toBe("1");
      expect(await count("Completed in the last hour")).toBe("2");
      expect(await count("Failed in the last hour")).toBe("1");
      expect(await count("Cancelled in the last hour")).toBe("1");
      expect(await count("Callbacks due")).toBe("0");
      expect(await count("Callbacks given up in the last day")).toBe("1");
      expect(await count("Open circuits")).toBe("1");

      const executions = page.getByRole("table", { name: "Executions" });
      for (const [tile, path, shown] of [
        ["Waiting", "/executions?status=pending", waiting],
        ["Running", "/executions?status=running", running],
        ["Completed in the last hour", "/executions?status=completed", givenUp],
        ["Failed in the last hour", "/executions?status=failed", failed],
      ] as const) {
        await page.goto(`${service.address}/ui/`);
        await tileOf(page, tile).getByRole("link").click();
        await page.waitForURL(`${service.address}/ui${path}`);
        await executions.getByRole("link", { name: String(shown), exact: true }).waitFor();
      }
      const callbacks = page.getByRole("table", { name: "Callbacks" });
      for (const [tile, path] of [
        ["Callbacks due", "/deliveries?state=due"],
        ["Callbacks given up in the last day", "/deliveries?state=given_up"],
        ["Open circuits", "/deliveries"],
      ] as const) {
        await page.goto(`${service.address}/ui/`);
        await tileOf(page, tile).getByRole("link").click();
        await page.waitForURL(`${service.address}/ui${path}`);
        if (tile === "Callbacks due") await page.getByText("No callback matches").waitFor();
        else await callbacks.getByRole("row").filter({ hasText: receiver }).waitFor();
      }
      expect(faultsOf(problems)).toEqual([]);
    });

    it("shows what runs with its progress, and the last failures with their messages", async () => {
      await using opened = await visit();
      const { page, problems } = opened;
      const { procedures } = service.client;
      await procedures.cancelExecution.mutate({ execution_id: running });
      const { execution_id } = await procedures.executeStrategy.mutate({ strategy_name: "Unhurried" });
      const runs = page.getByRole("table", { name: "Running now" }).locator("tbody tr");
      await runs.getByRole("link", { name: String(execution_id), exact: true }).waitFor();
      await expect.poll(() => runs.count()).toBe(1);
      const bar = runs.getByRole("progressbar");
      await bar.waitFor();
      const fraction = async () => Number(await bar.getAttribute("value"));
      const first = await fraction();
      await expect.poll(fraction).toBeGreaterThan(first);
      await procedures.cancelExecution.mutate({ execution_id });
      await page.getByRole("region", { name: "Running now" }).getByText("Nothing runs.").waitFor();

      const failures = page.getByRole("table", { name: "Latest failures" }).locator("tbody tr");
      await expect.poll(() => failures.count()).toBe(1);
      const { error_message: message } = await service.client.executions.get(failed);
      await failures.filter({ hasText: "typo" }).getByText(message!).waitFor();
      await page.getByRole("region", { name: "Latest failures" }).getByRole("link", { name: "All" }).click();
      await page.waitForURL(/\/executions\?status=failed$/);
      expect(faultsOf(problems)).toEqual([]);
    });

    it("shows the next five fires, earliest first, without paused schedules", async () => {
      await using opened = await visit();
      const { page } = opened;
      const fires = page.getByRole("table", { name: "Next fires" }).locator("tbody tr");
      await expect.poll(() => fires.count()).toBe(5);
      const names = await fires.getByRole("link").allInnerTexts();
      expect(names).toEqual([0, 1, 2, 3, 4].map((minute) => `minute ${minute}`));
      const instants = await fires.locator("td:nth-child(2)").allInnerTexts();
      for (const instant of instants) expect(instant).toMatch(/20\d\d, \d\d:0[0-4]:00 \S+$/);
    });

    it("shows open circuits and old prices, and leads to them", async () => {
      await using opened = await visit();
      const { page, problems } = opened;
      const circuits = page.getByRole("region", { name: "Receivers whose circuit is open" });
      await circuits.getByText(/^until .+ \S+$/).waitFor();
      await circuits.getByRole("link", { name: receiver }).click();
      await page.waitForURL(({ searchParams }) => searchParams.get("receiver") === receiver);
      await page.goto(`${service.address}/ui/`);
      const old = page.getByRole("region", { name: "Prices older than the last session" });
      await old.getByText(/^[\d,]+ sessions behind$/).waitFor();
      await old.getByRole("link", { name: "SPY" }).click();
      await page.waitForURL(/\/prices\/SPY$/);
      expect(faultsOf(problems)).toEqual([]);
    });
  });
});
