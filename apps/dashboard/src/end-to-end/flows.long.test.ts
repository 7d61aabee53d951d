import { startReceiver } from "@strategy-executor/core/testing";
import { describeInChromium, type OpenPage } from "@strategy-executor/docs-page/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { faultsOf, type Service, settled, startService } from "./support.ts";

const stack = new AsyncDisposableStack();
let service: Service;

beforeAll(async () => {
  service = stack.use(await startService());
});

afterAll(() => stack.disposeAsync());

describeInChromium("the dashboard", (open) => {
  const visit = async (path: string): Promise<OpenPage> => {
    const opened = await open(`${service.address}/ui${path}`);
    await settled(opened.page);
    return opened;
  };

  it("follows executions on the page in place, and counts new ones until they are wanted", async () => {
    const { procedures } = service.client;
    const slow = { strategy_name: "Slow", parameters: { milliseconds: 600_000 } };
    const { execution_id: running } = await procedures.executeStrategy.mutate(slow);
    await using opened = await visit("/executions");
    const { page, problems } = opened;
    const table = page.getByRole("table", { name: "Executions" });
    const row = table.getByRole("row").filter({ has: page.getByRole("link", { name: String(running), exact: true }) });
    await row.filter({ hasText: "running" }).waitFor();
    await procedures.cancelExecution.mutate({ execution_id: running });
    await row.filter({ hasText: "cancelled" }).waitFor();

    const before = await table.getByRole("row").count();
    await service.run("Slow", { milliseconds: 1 });
    await page.getByRole("button", { name: "1 new", exact: true }).waitFor();
    expect(await table.getByRole("row").count()).toBe(before);
    await page.getByRole("button", { name: "1 new", exact: true }).click();
    await table.getByRole("row").nth(before).waitFor();
    expect(faultsOf(problems)).toEqual([]);
  });

  it("reads what the list shows while the code of the page is loaded, and once", async () => {
    await service.run("MovingAverageCrossover", {}, { label: "ahead" });
    await using opened = await visit("/settings");
    const { page } = opened;
    const reads: string[] = [];
    page.on("request", (request) => request.url().includes("listExecutions") && reads.push(request.url()));
    const asked = page.waitForRequest(/listExecutions/);
    await page.route("**/assets/executions-*.js", async (route) => {
      await asked;
      await route.continue();
    });
    await page.goto(`${service.address}/ui/executions?label=ahead`);
    await page.getByRole("cell", { name: "ahead" }).waitFor();
    expect(reads).toHaveLength(1);
    expect(decodeURIComponent(reads[0]!)).toContain('"label":"ahead"');
  });

  it("shows the progress of the rows that run", async () => {
    const { execution_id } = await service.client.procedures.executeStrategy.mutate({ strategy_name: "Unhurried" });
    await using opened = await visit("/executions?strategy=Unhurried");
    const { page, problems } = opened;
    const bar = page.getByRole("table", { name: "Executions" }).getByRole("progressbar");
    const fraction = async () => Number(await bar.getAttribute("value"));
    await bar.waitFor();
    const first = await fraction();
    await expect.poll(fraction, { timeout: 30_000 }).toBeGreaterThan(first);
    await service.client.procedures.cancelExecution.mutate({ execution_id });
    await bar.waitFor({ state: "detached" });
    expect(faultsOf(problems)).toEqual([]);
  });

  it("stands still by its address, and runs a selected execution again", async () => {
    const id = await service.run("Slow", { milliseconds: 2 });
    await using opened = await visit("/executions?live=off");
    const { page, problems } = opened;
    const live = page.getByRole("switch", { name: "Live" });
    await expect.poll(() => live.getAttribute("aria-checked")).toBe("false");
    await page.keyboard.press(".");
    await page.waitForURL(/\/executions$/);
    await page.keyboard.press(".");
    await page.waitForURL(/\?live=off$/);
    const again = page.getByRole("button", { name: "Run again" });
    expect(await again.isDisabled()).toBe(true);
    await page.getByRole("checkbox", { name: `Select ${id}`, exact: true }).check();
    await again.click();
    await page.waitForURL(/\/new\?/);
    await expect.poll(() => page.getByLabel("milliseconds").inputValue()).toBe("2");
    expect(faultsOf(problems)).toEqual([]);
  });

  it("shows progress, and the end of what runs without a reload", async () => {
    const { execution_id } = await service.client.procedures.executeStrategy.mutate({
      strategy_name: "Slow",
      parameters: { milliseconds: 600_000 },
    });
    // Not settled: the shape of the result is shown until there is one.
    await using opened = await open(`${service.address}/ui/executions/${execution_id}`);
    const { page } = opened;
    await page.getByRole("progressbar", { name: "Progress" }).waitFor();
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("status", { name: "State" }).filter({ hasText: "cancelled" }).waitFor();
    await expect.poll(() => page.getByRole("progressbar", { name: "Progress" }).count()).toBe(0);
  });

  it("filters by address, and takes a filter away by its chip", async () => {
    const failed = await service.run("BoldAssetAllocation", { variant: "INVALID" });
    await using opened = await visit("/executions");
    const { page } = opened;
    await page.getByRole("combobox", { name: "Status" }).selectOption("failed");
    await page.waitForURL(/\?status=failed$/);
    const table = page.getByRole("table", { name: "Executions" });
    await table.getByRole("link", { name: String(failed), exact: true }).waitFor();
    await expect.poll(() => table.getByRole("row").filter({ hasText: "cancelled" }).count()).toBe(0);
    await page.getByRole("button", { name: "Remove failed" }).click();
    await page.waitForURL(/\/executions$/);
  });

  it("filters by callback and day, and cancels all that match after counting them", async () => {
    const { procedures } = service.client;
    await using receiver = await startReceiver((res) => res.writeHead(500).end());
    const refused = await service.run("Slow", { milliseconds: 1 }, { callback_url: receiver.url });
    await receiver.arrived(1);
    const label = "to be cancelled";
    const slow = { strategy_name: "Slow", parameters: { milliseconds: 600_000 }, label };
    for (let count = 0; count < 3; count += 1) await procedures.executeStrategy.mutate(slow);
    await using opened = await visit("/executions");
    const { page, problems } = opened;
    const table = page.getByRole("table", { name: "Executions" });
    await page.getByRole("combobox", { name: "Callback" }).selectOption("given_up");
    await table.getByRole("link", { name: String(refused), exact: true }).waitFor();
    await expect.poll(() => table.getByRole("row").count()).toBe(2);
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    await page.getByLabel("Since").fill(tomorrow);
    await page.getByText("Nothing matches these filters").waitFor();

    await page.goto(`${service.address}/ui/executions?status=failed&label=${encodeURIComponent(label)}`);
    await page.getByText("Nothing matches these filters").waitFor();
    expect(await page.getByRole("button", { name: "Cancel all that match" }).count()).toBe(0);
    await page.getByRole("button", { name: "Remove failed" }).click();
    await page.getByRole("button", { name: "Cancel all that match" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("The filter matches 3 executions.").waitFor();
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await dialog.waitFor({ state: "hidden" });
    await expect.poll(() => table.getByRole("row").filter({ hasText: "cancelled" }).count()).toBe(3);
    expect(faultsOf(problems)).toEqual([]);
  });

  it("redelivers all callbacks that were given up, after counting them", async () => {
    let status = 500;
    await using receiver = await startReceiver((res) => res.writeHead(status).end());
    for (let count = 0; count < 2; count += 1) {
      await service.run("Slow", { milliseconds: 1 }, { callback_url: receiver.url });
    }
    await receiver.arrived(2);
    await using opened = await visit("/deliveries?state=given_up");
    const { page } = opened;
    const table = page.getByRole("table", { name: "Callbacks" });
    const rows = table.getByRole("row").filter({ hasText: receiver.url });
    await expect.poll(() => rows.count()).toBe(2);
    status = 200;
    await page.getByRole("button", { name: "Redeliver all that match" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText(/The filter matches [2-9] executions\./).waitFor();
    await dialog.getByRole("button", { name: "Redeliver" }).click();
    await dialog.waitFor({ state: "hidden" });
    await receiver.arrived(4);
    await page.goto(`${service.address}/ui/deliveries?state=delivered`);
    await expect.poll(() => rows.filter({ hasText: "200" }).count()).toBe(2);
  });

  it("compares what is selected, with the parameters that differ", async () => {
    const ids = [
      await service.run("BoldAssetAllocation", { variant: "BAA-G4" }),
      await service.run("BoldAssetAllocation", { variant: "BAA-G12" }),
    ];
    await using opened = await visit("/executions?strategy=BoldAssetAllocation");
    const { page, problems } = opened;
    for (const id of ids) await page.getByRole("checkbox", { name: `Select ${id}`, exact: true }).check();
    await page.getByRole("button", { name: "Compare" }).click();
    const equity = page.getByRole("figure", { name: "Equity" });
    await equity.locator("canvas").first().waitFor();
    await page.getByLabel("Benchmark").fill("SPY");
    await page.getByRole("button", { name: "Show" }).click();
    await page.waitForURL(/benchmark=SPY/);
    await equity.getByText(/^SPY \d/).waitFor();
    const parameters = page.getByRole("table", { name: "Parameters" });
    expect(await parameters.getByRole("row").count()).toBe(2);
    await parameters.getByRole("row").filter({ hasText: "variant" }).filter({ hasText: "BAA-G12" }).waitFor();
    await page.getByRole("table", { name: "Figures" }).waitFor();
    expect(faultsOf(problems)).toEqual([]);
  });

  it("zooms curves with Ctrl and the wheel, all of a page alike, and scrolls the page without", async () => {
    const id = await service.run("MovingAverageCrossover", {});
    await using opened = await visit(`/executions/${id}`);
    const { page } = opened;
    const drawdown = page.getByRole("figure", { name: "Drawdown", exact: true });
    const firstDay = async () => {
      // Only a mouse that moves has the readout follow.
      for (const x of [20, 2]) await drawdown.getByRole("application").hover({ position: { x, y: 20 } });
      return (await drawdown.locator("strong").textContent())!;
    };
    await drawdown.locator("canvas").first().waitFor();
    const whole = await firstDay();
    const equity = page.getByRole("figure", { name: "Equity", exact: true }).getByRole("application");
    await equity.hover({ position: { x: 600, y: 40 } });
    await page.keyboard.down("Control");
    for (let notch = 0; notch < 5; notch += 1) await page.mouse.wheel(0, -100);
    await page.keyboard.up("Control");
    await expect.poll(firstDay, { timeout: 20_000 }).not.toBe(whole);
    const zoomed = await firstDay();
    const top = await page.evaluate("scrollY");
    await page.mouse.wheel(0, 100);
    await expect.poll(() => page.evaluate("scrollY")).not.toBe(top);
    expect(await firstDay()).toBe(zoomed);
  });

  it("has one crosshair for all curves of a page, moved by pointer and by arrows", async () => {
    const id = await service.run("MovingAverageCrossover", {});
    await using opened = await visit(`/executions/${id}`);
    const { page } = opened;
    const chart = (name: string) => page.getByRole("application", { name: new RegExp(`^${name}:`) });
    const shownDay = (name: string) => page.getByRole("figure", { name, exact: true }).locator("strong").textContent();
    // Drawn last: until then the curves may move away from the pointer.
    await page.getByRole("figure", { name: "Weights", exact: true }).waitFor();
    const last = await shownDay("Drawdown");
    // First, since it scrolls: a page that moves beneath the pointer moves the crosshair.
    await chart("Drawdown").focus();
    await chart("Equity").hover();
    await expect.poll(() => shownDay("Drawdown")).not.toBe(last);
    await expect.poll(async () => (await shownDay("Drawdown")) === (await shownDay("Equity"))).toBe(true);
    const before = await shownDay("Drawdown");
    await page.keyboard.press("ArrowLeft");
    await expect.poll(() => shownDay("Equity")).not.toBe(before);
    expect(await shownDay("Equity")).toBe(await shownDay("Drawdown"));
  });

  it("draws each curve once, and anew in the colours of a system that turns dark", async () => {
    const id = await service.run("MovingAverageCrossover", {});
    await using opened = await visit("/");
    const { page } = opened;
    await page.addInitScript(`window.charts = 0;
      new MutationObserver((changes) => {
        for (const { addedNodes } of changes)
          for (const node of addedNodes) if (node.className === "tv-lightweight-charts") window.charts += 1;
      }).observe(document, { subtree: true, childList: true });`);
    await page.goto(`${service.address}/ui/executions/${id}`);
    const charts = () => page.evaluate("window.charts");
    const image = () => page.evaluate(`document.querySelector("figure[aria-label=Drawdown] canvas").toDataURL()`);
    // Drawn after the curves.
    await page.getByRole("figure", { name: "Weights", exact: true }).waitFor();
    expect(await charts()).toBe(2);
    const light = await image();
    await page.emulateMedia({ colorScheme: "dark" });
    await expect.poll(charts).toBe(4);
    await expect.poll(image).not.toBe(light);
  });

  it("is used by keyboard alone", async () => {
    const id = await service.run("MovingAverageCrossover", {});
    await using opened = await visit("/");
    const { page } = opened;
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keys" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog", { name: "Keys" }).waitFor({ state: "hidden" });
    const live = page.getByRole("switch", { name: "Live" });
    expect(await live.getAttribute("aria-checked")).toBe("true");
    await page.keyboard.press(".");
    await expect.poll(() => live.getAttribute("aria-checked")).toBe("false");
    await page.keyboard.press("Control+k");
    await page.getByRole("dialog", { name: "Palette" }).getByRole("combobox").fill(String(id));
    await page.keyboard.press("Enter");
    await page.waitForURL(new RegExp(`/executions/${id}$`));
    await page.getByRole("tab", { name: "Result" }).focus();
    await page.keyboard.press("ArrowRight");
    await page.waitForURL(/tab=trades$/);
    await page.goto(`${service.address}/ui/executions`);
    await settled(page);
    await page.getByRole("table", { name: "Executions" }).getByRole("link").first().waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("k");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/executions\/\d+$/);
  });

  it("sends a callback again, and shows the attempt", async () => {
    await using receiver = await startReceiver();
    const id = await service.run("Slow", { milliseconds: 1 }, { callback_url: receiver.url });
    await receiver.arrived(1);
    await using opened = await visit(`/executions/${id}?tab=callback`);
    const { page } = opened;
    const attempts = page.getByRole("table", { name: "Attempts" });
    await attempts.getByRole("row").nth(1).waitFor();
    await page.getByRole("button", { name: "Redeliver" }).click();
    await receiver.arrived(2);
    await attempts.getByRole("row").filter({ hasText: "redelivery" }).waitFor();
    await page.getByText("Attempt 1 in full").click();
    const full = page.getByRole("region", { name: "Attempt 1 in full" });
    expect(await full.innerText()).toContain('"status_code": 200');
    const request = page.getByRole("region", { name: "The request as it goes out" }).locator("pre");
    expect(await request.innerText()).toContain(`"execution_id": ${id}`);
  });

  it("runs again with changes, checked while typing", async () => {
    const failed = await service.run("BoldAssetAllocation", { variant: "BAA-G4", cost_bps: 20_000 });
    await using opened = await visit(`/executions/${failed}`);
    const { page } = opened;
    await page.getByRole("button", { name: "Run again" }).click();
    const cost = page.getByLabel("cost_bps");
    await cost.waitFor();
    await expect.poll(() => cost.inputValue()).toBe("20000");
    await expect.poll(() => cost.getAttribute("aria-invalid")).toBe("true");
    await cost.fill("5");
    await expect.poll(() => cost.getAttribute("aria-invalid")).toBe("false");
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await page.getByRole("status", { name: "State" }).filter({ hasText: "completed" }).waitFor();
  });

  it("sweeps, and shows a rect for each combination of the heat map", async () => {
    await using opened = await visit("/sweeps/new?strategy=MovingAverageCrossover");
    const { page, problems } = opened;
    await page.getByLabel("Values 1").fill("10, 20, 30");
    await page.getByLabel("Values 2").fill("100..150:50");
    await page.getByText("6 combinations").waitFor();
    await page.getByLabel("Train (days)").fill("1000");
    await page.getByLabel("Test (days)").fill("1000");
    // Typed in the middle of a text, while the address follows.
    await page.getByLabel("Label").pressSequentially("windw");
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.type("o");
    await page.keyboard.type("s and lo");
    await page.waitForURL(({ searchParams }) => searchParams.get("label") === "windos and low");
    // The address alone makes the same form.
    await page.reload();
    await page.getByText("6 combinations").waitFor();
    expect(await page.getByLabel("Values 1").inputValue()).toBe("10, 20, 30");
    expect(await page.getByLabel("Test (days)").inputValue()).toBe("1000");
    await page.getByRole("button", { name: "Run the sweep" }).click();
    const map = page.getByRole("figure", { name: "Heat map" });
    await map.locator("svg").waitFor();
    expect(await map.locator("rect[data-value]").count()).toBe(6);
    const fills = await map.locator("rect.cell").evaluateAll((cells) => cells.map((cell) => cell.getAttribute("fill")));
    expect(new Set(fills).size).toBeGreaterThan(2);
    expect(await page.getByRole("table", { name: "Best" }).getByRole("row").count()).toBe(7);
    await page.getByRole("figure", { name: "Joined tests" }).locator("canvas").first().waitFor();
    expect(faultsOf(problems)).toEqual([]);
  });
});
