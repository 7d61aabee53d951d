import { readFile } from "node:fs/promises";
import { describeInChromium, type OpenPage } from "@strategy-executor/docs-page/testing";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { faultsOf, type Service, settled, startService } from "./support.ts";

const stack = new AsyncDisposableStack();
let service: Service;

beforeAll(async () => {
  service = stack.use(await startService());
});

afterAll(() => stack.disposeAsync());

describeInChromium("settings and files of the dashboard", (open) => {
  const visit = async (path: string): Promise<OpenPage> => {
    const opened = await open(`${service.address}/ui${path}`);
    await settled(opened.page);
    return opened;
  };

  it("changes language, theme and colours at once, and keeps them", async () => {
    await using opened = await visit("/settings");
    const { page, problems } = opened;
    const html = page.locator("html");
    await page.getByRole("combobox", { name: "Gains and losses" }).selectOption("blue-orange");
    await page.getByRole("combobox", { name: "Theme" }).selectOption("dark");
    await page.getByRole("combobox", { name: "Language" }).selectOption("ko");
    await page.getByRole("heading", { level: 1, name: "설정" }).waitFor();
    await page.reload();
    await page.getByRole("heading", { level: 1, name: "설정" }).waitFor();
    expect(await html.getAttribute("lang")).toBe("ko");
    expect(await html.getAttribute("data-theme")).toBe("dark");
    expect(await html.getAttribute("data-colours")).toBe("blue-orange");
    expect(faultsOf(problems)).toEqual([]);
  });

  it("shows a new API key and a new signing secret once", async () => {
    await using opened = await visit("/settings");
    const { page, problems } = opened;
    const keys = page.getByRole("region", { name: "API keys" });
    await keys.getByLabel("Client").fill("someone");
    await keys.getByRole("button", { name: "New key" }).click();
    const key = (await keys.getByText(/^sx_\w{8}_/).textContent())!;
    await keys.getByRole("table").getByRole("row").filter({ hasText: "someone" }).waitFor();
    const secrets = page.getByRole("region", { name: "Signing secrets" });
    await secrets.getByRole("button", { name: "New secret" }).click();
    const secret = (await secrets.getByText(/^whsec_/).textContent())!;
    await secrets.getByRole("button", { name: "Rotate" }).waitFor();
    await page.reload();
    await keys.getByRole("button", { name: "Revoke" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
    await keys.getByText("revoked", { exact: true }).waitFor();
    const shown = await page.content();
    expect(shown).not.toContain(key);
    expect(shown).not.toContain(secret);
    expect(faultsOf(problems)).toEqual([]);
  });

  it("saves a table as a file, and leads away from what does not exist", async () => {
    const id = await service.run("BoldAssetAllocation", { variant: "BAA-G4" }, { label: "=1+1" });
    await using opened = await visit("/executions");
    const { page } = opened;
    const downloaded = page.waitForEvent("download");
    await page.getByRole("button", { name: "CSV: executions" }).click();
    const lines = (await readFile(await (await downloaded).path(), "utf8")).split("\r\n");
    expect(lines[0]).toMatch(/^Number,Strategy,State,Accepted,/);
    expect(lines.find((line) => line.startsWith(`${id},`))).toContain("'=1+1 (BoldAssetAllocation)");
    await page.goto(`${service.address}/ui/executions/999999`);
    await page.getByRole("alert").filter({ hasText: "This does not exist, or is not yours" }).waitFor();
    await page.getByRole("link", { name: "To the overview" }).click();
    await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
  });

  it("shows what happened after its first reads and before its stream began", async () => {
    const { procedures } = service.client;
    await using opened = await visit("/settings");
    const { page, problems } = opened;
    const held = Promise.withResolvers<void>();
    await page.route(/watchExecutions/, async (route) => {
      await held.promise;
      await route.continue();
    });
    await page.goto(`${service.address}/ui/today`);
    await page.getByText("No schedule decides yet").waitFor();
    const { schedule_id } = await procedures.createSchedule.mutate({
      name: "early",
      strategy_name: "BoldAssetAllocation",
      when: { days: "month_end" },
    });
    await procedures.triggerSchedule.mutate({ schedule_id });
    await vi.waitUntil(async () => (await procedures.getToday.query({})).schedules.length === 1, { timeout: 30_000 });
    held.resolve();
    await page.getByLabel("My capital").waitFor();
    expect(faultsOf(problems)).toEqual([]);
    await procedures.deleteSchedule.mutate({ schedule_id });
  });
});
