import { startReceiver } from "@strategy-executor/core/testing";
import { describeInChromium } from "@strategy-executor/docs-page/testing";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runProgram, sendCurl } from "./copied-calls.ts";
import { copiedBy, faultsOf, seriousFaults, type Service, settled, startService } from "./support.ts";

const stack = new AsyncDisposableStack();
let service: Service;

beforeAll(async () => {
  service = stack.use(await startService());
});

afterAll(() => stack.disposeAsync());

const field = (page: Page, name: string) => page.getByLabel(name, { exact: true });
const searchOf = (page: Page) => Object.fromEntries(new URL(page.url()).searchParams);
const idIn = (page: Page) => Number(/\/(\d+)$/.exec(page.url())![1]);

describeInChromium("the page New", (open) => {
  it("has a field for each parameter of the schema, with its kind, bounds and default", async () => {
    await using opened = await service.visit(open, "/new");
    const { page, problems } = opened;
    await page.getByRole("combobox", { name: "Strategy" }).selectOption("StaticAllocation");
    const choices = (name: string) => field(page, name).locator("option").allInnerTexts();
    expect(await choices("variant")).toEqual([
      "60-40",
      "buy-and-hold",
      "permanent",
      "all-weather",
      "golden-butterfly",
      "equal-weight",
    ]);
    expect(await field(page, "variant").inputValue()).toBe("60-40");
    expect(await choices("rebalance")).toEqual(["–", "never", "yearly", "quarterly", "monthly"]);
    expect(await field(page, "symbol").getAttribute("placeholder")).toBe("SPY");
    expect(await field(page, "assets").getAttribute("placeholder")).toBe("SPY, EFA, IEF, DBC, VNQ");
    expect(await field(page, "start_date").getAttribute("type")).toBe("date");
    expect(await field(page, "use_real_data").getAttribute("type")).toBe("checkbox");
    expect(await field(page, "use_real_data").isChecked()).toBe(false);
    const capital = field(page, "initial_capital");
    expect([await capital.getAttribute("type"), await capital.getAttribute("min")]).toEqual(["number", "0"]);
    const { strategies } = await service.client.procedures.listStrategies.query({});
    const { parameters } = strategies.find(({ name }) => name === "StaticAllocation")!;
    const names = Object.keys((parameters as { properties: object }).properties);
    for (const name of names) await field(page, name).waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    expect(faultsOf(problems)).toEqual([]);
  });

  it("checks while typing, and names the tickers, those without prices and those that end early", async () => {
    await using opened = await service.visit(open, "/new?strategy=MovingAverageCrossover");
    const { page, problems } = opened;
    await page.getByText("These parameters are valid. Tickers: SPY").waitFor();
    const short = field(page, "short_window");
    await short.fill("60");
    await page.getByText("Must be less than long_window").waitFor();
    await expect.poll(() => short.getAttribute("aria-invalid")).toBe("true");
    await field(page, "long_window").fill("200");
    await expect.poll(() => short.getAttribute("aria-invalid")).toBe("false");
    await field(page, "symbol").fill("QQQ");
    await page.getByText("These parameters are valid. Tickers: QQQ").waitFor();
    await field(page, "use_real_data").check();
    await page.getByText("No stored prices: QQQ").waitFor();
    await service.client.prices.import({
      ticker: "QQQ",
      csv: "date,close,adj_close\n2024-01-02,1,1\n2024-01-03,2,2\n",
    });
    await field(page, "prices_until").fill("2024-02-01");
    await page.getByText("QQQ ends on Jan 3, 2024").waitFor();
    await field(page, "prices_until").fill("2024-01-03");
    await page.getByText("QQQ ends on Jan 3, 2024").waitFor({ state: "detached" });
    expect(await seriousFaults(page)).toEqual([]);
    expect(faultsOf(problems)).toEqual([]);
  });

  it("keeps the whole form in its address", async () => {
    await using opened = await service.visit(open, "/new?strategy=StaticAllocation");
    const { page, problems } = opened;
    const typed = {
      "p.variant": "equal-weight",
      "p.assets": "SPY, GLD",
      "p.initial_capital": "5000",
      "p.start_date": "2010-01-04",
      "p.use_real_data": "true",
      label: "a & b = 100 %",
      callback: "http://localhost:9/hook?a=1",
      format: "slack",
      attempts: "3",
    };
    await field(page, "variant").selectOption("equal-weight");
    await field(page, "assets").pressSequentially("SPY, GLD");
    await field(page, "initial_capital").fill("5000");
    await field(page, "start_date").fill("2010-01-04");
    await field(page, "use_real_data").check();
    await field(page, "Label").fill(typed.label);
    await field(page, "Callback URL").fill(typed.callback);
    await field(page, "Callback format").selectOption("slack");
    await field(page, "Callback attempts").fill("3");
    await expect.poll(() => searchOf(page)).toEqual({ strategy: "StaticAllocation", ...typed });
    await page.reload();
    await settled(page);
    expect(await field(page, "variant").inputValue()).toBe("equal-weight");
    expect(await field(page, "assets").inputValue()).toBe("SPY, GLD");
    expect(await field(page, "initial_capital").inputValue()).toBe("5000");
    expect(await field(page, "start_date").inputValue()).toBe("2010-01-04");
    expect(await field(page, "use_real_data").isChecked()).toBe(true);
    expect(await field(page, "Label").inputValue()).toBe(typed.label);
    expect(await field(page, "Callback URL").inputValue()).toBe(typed.callback);
    expect(await field(page, "Callback format").inputValue()).toBe("slack");
    expect(await field(page, "Callback attempts").inputValue()).toBe("3");
    // Another strategy has other parameters.
    await page.getByRole("combobox", { name: "Strategy" }).selectOption("RiskParity");
    await expect.poll(() => searchOf(page)).toEqual({ strategy: "RiskParity" });
    await page.getByText("These parameters are valid.").waitFor();
    expect(faultsOf(problems)).toEqual([]);
  });

  describe("shows the call, which does the same as the button", () => {
    const label = `it's "quoted", $HOME and \`more\``;
    const address = `/new?strategy=BoldAssetAllocation&p.variant=BAA-G4&p.cost_bps=5&label=${encodeURIComponent(label)}`;
    const wanted = { label, status: "completed", execution_parameters: { variant: "BAA-G4", cost_bps: 5 } };

    it("as curl", async () => {
      await using receiver = await startReceiver();
      await using opened = await service.visit(open, `${address}&callback=${encodeURIComponent(receiver.url)}`);
      const { page, problems } = opened;
      const command = await copiedBy(page.getByRole("button", { name: "Copy as curl" }));
      expect(command).toBe(await page.getByRole("region", { name: "curl" }).innerText());
      expect(command).toMatch(/^curl http:\/\/localhost:\d+\/strategies\/execute\/ /);
      const { execution_id } = (await sendCurl(command)) as { execution_id: number };
      await receiver.arrived(1);
      expect(receiver.received[0]!.body.execution_id).toBe(execution_id);
      expect(await service.client.executions.get(execution_id)).toMatchObject(wanted);
      expect(faultsOf(problems)).toEqual([]);
    });

    it("as TypeScript", async () => {
      await using opened = await service.visit(open, address);
      const { page, problems } = opened;
      const program = await copiedBy(page.getByRole("button", { name: "Copy as TypeScript" }));
      expect(program).toBe(await page.getByRole("region", { name: "TypeScript" }).innerText());
      expect(await runProgram(program)).toContain("completed");
      const { executions } = await service.client.executions.list({ limit: 1 });
      expect(await service.client.executions.get(executions[0]!.execution_id)).toMatchObject(wanted);
      expect(faultsOf(problems)).toEqual([]);
    });
  });

  it("runs what the form says, and follows it", async () => {
    await using opened = await service.visit(open, "/new?strategy=StaticAllocation");
    const { page, problems } = opened;
    await field(page, "variant").selectOption("permanent");
    await field(page, "cost_bps").fill("10");
    await field(page, "Label").fill("four quarters");
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await page.getByRole("heading", { level: 1, name: "four quarters" }).waitFor();
    await page.getByRole("status", { name: "State" }).filter({ hasText: "completed" }).waitFor();
    await page.getByRole("region", { name: "Decision" }).waitFor();
    expect(await service.client.executions.get(idIn(page))).toMatchObject({
      strategy: "StaticAllocation",
      label: "four quarters",
      execution_parameters: { variant: "permanent", cost_bps: 10, use_real_data: false },
    });
    expect(faultsOf(problems)).toEqual([]);
  });

  it("makes a schedule of it, with its label and receiver", async () => {
    const callback = "http://localhost:9/hook";
    await using opened = await service.visit(open, `/new?label=by+form&callback=${callback}&format=slack&attempts=4`);
    const { page, problems } = opened;
    await field(page, "variant").selectOption("BAA-G4");
    await field(page, "cost_bps").fill("5");
    await page.getByRole("link", { name: "Make a schedule of it" }).click();
    await page.getByRole("heading", { level: 1, name: "New schedule" }).waitFor();
    expect(await page.getByRole("textbox", { name: "Name" }).inputValue()).toBe("by form");
    expect(await field(page, "Callback URL").inputValue()).toBe(callback);
    await page.getByText("Parameters", { exact: true }).click();
    expect(await field(page, "cost_bps").inputValue()).toBe("5");
    await page.getByRole("button", { name: "Create" }).click();
    await page.getByRole("heading", { level: 1, name: "by form" }).waitFor();
    expect(await service.client.procedures.getSchedule.query({ schedule_id: idIn(page) })).toMatchObject({
      strategy_name: "BoldAssetAllocation",
      parameters: { variant: "BAA-G4", cost_bps: 5 },
      callback: { url: callback, format: "slack", max_attempts: 4, when: "decision_changed" },
    });
    expect(faultsOf(problems)).toEqual([]);
  });

  it("sweeps over two of its fields, and keeps the others", async () => {
    await using opened = await service.visit(open, "/new?strategy=StaticAllocation");
    const { page, problems } = opened;
    await field(page, "variant").selectOption("permanent");
    await field(page, "seed").fill("7");
    await page.getByRole("link", { name: "Sweep over it" }).click();
    await page.getByRole("heading", { level: 1, name: "New sweep" }).waitFor();
    await page.getByLabel("Parameter 1").selectOption("variant");
    await page.getByLabel("Values 1").fill("60-40, permanent");
    await page.getByRole("button", { name: "Another parameter" }).click();
    await page.getByLabel("Parameter 2").selectOption("cost_bps");
    await page.getByLabel("Values 2").fill("0..20:10");
    await page.getByText("6 combinations").waitFor();
    // What varies is no longer common to all.
    await field(page, "variant").waitFor({ state: "detached" });
    expect(await field(page, "seed").inputValue()).toBe("7");
    await page.getByRole("button", { name: "Run the sweep" }).click();
    await page.getByRole("figure", { name: "Heat map" }).locator("rect[data-value]").nth(5).waitFor();
    expect(await service.client.procedures.getSweep.query({ execution_id: idIn(page) })).toMatchObject({
      strategy: "StaticAllocation",
      parameters: { seed: 7 },
      grid: { axes: { variant: ["60-40", "permanent"], cost_bps: { from: 0, to: 20, step: 10 } } },
      combinations: 6,
    });
    expect(faultsOf(problems)).toEqual([]);
  });
});
