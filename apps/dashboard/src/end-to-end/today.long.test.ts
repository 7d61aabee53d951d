import { describeInChromium } from "@strategy-executor/docs-page/testing";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import {
  barWidths,
  cellsOf,
  copiedBy,
  faultsOf,
  savedBy,
  seriousFaults,
  type Service,
  startService,
} from "./support.ts";

const stack = new AsyncDisposableStack();
let service: Service;

beforeAll(async () => {
  service = stack.use(await startService());
});

afterAll(() => stack.disposeAsync());

/** The current decision of a schedule, once there is one that is wanted. */
async function decisionOf(id: number, isWanted: (execution_id: number) => boolean = () => true) {
  return vi.waitUntil(
    async () => {
      const { schedules } = await service.client.procedures.getToday.query({});
      return schedules.find(({ schedule_id, execution_id }) => schedule_id === id && isWanted(execution_id));
    },
    { timeout: 60_000, interval: 200 },
  );
}

describeInChromium("the page Today", (open) => {
  it("says that no schedule decides yet, and leads to a new one", async () => {
    await using opened = await service.visit(open, "/today");
    const { page, problems } = opened;
    await page.getByText("No schedule decides yet").waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await page.getByRole("link", { name: "Make a schedule" }).click();
    await page.getByRole("heading", { level: 1, name: "New schedule" }).waitFor();
    expect(faultsOf(problems)).toEqual([]);
  });

  it("triggers, and shows weights as bars and the change against the decision before", async () => {
    const { procedures } = service.client;
    const { schedule_id, version } = await procedures.createSchedule.mutate({
      name: "by month",
      strategy_name: "StaticAllocation",
      parameters: { variant: "60-40" },
      when: { days: "month_end" },
    });
    await procedures.triggerSchedule.mutate({ schedule_id });
    const first = await decisionOf(schedule_id);
    await using opened = await service.visit(open, "/today");
    const { page, problems } = opened;
    const section = page.getByRole("region", { name: "by month" });
    const table = section.getByRole("table", { name: "by month" });
    await section.getByText("The first decision").waitFor();
    expect(await cellsOf(table)).toEqual([
      ["SPY", "60.00%", "–", "–"],
      ["IEF", "40.00%", "–", "–"],
    ]);
    const [large = 0, small = 0] = await barWidths(table.locator("tbody td:nth-child(2) span span"));
    expect(large).toBeGreaterThan(20);
    expect(small / large).toBeCloseTo(0.4 / 0.6, 2);

    await section.getByRole("button", { name: "Trigger" }).click();
    await section.getByText("Unchanged").waitFor();
    const second = await decisionOf(schedule_id, (id) => id !== first.execution_id);
    expect(await section.getByRole("link", { name: "Open the run" }).getAttribute("href")).toBe(
      `/ui/executions/${second.execution_id}`,
    );
    await procedures.updateSchedule.mutate({ schedule_id, version, parameters: { variant: "all-weather" } });
    await section.getByRole("button", { name: "Trigger" }).click();
    await section.getByText("Changed: 55.00% of the account is traded").waitFor();
    const cells = await cellsOf(table);
    expect(cells.slice(0, 3)).toEqual([
      ["TLT", "40.00%", "0.00%", "+40.00%"],
      ["SPY", "30.00%", "60.00%", "-30.00%"],
      ["IEF", "15.00%", "40.00%", "-25.00%"],
    ]);
    expect(cells.slice(3).toSorted()).toEqual([
      ["DBC", "7.50%", "0.00%", "+7.50%"],
      ["GLD", "7.50%", "0.00%", "+7.50%"],
    ]);
    expect(await seriousFaults(page)).toEqual([]);
    await section.getByRole("link", { name: "Open the run" }).click();
    await page.waitForURL(/\/executions\/\d+$/);
    expect(faultsOf(problems)).toEqual([]);
    await procedures.deleteSchedule.mutate({ schedule_id });
  });

  it("gives amounts and shares at the last close for a capital, to copy as a table", async () => {
    const { procedures } = service.client;
    const days = await pastSessions();
    const closes = { SPY: days.map((_, index) => 400 + index), IEF: days.map((_, index) => 90 + index / 10) };
    for (const [ticker, values] of Object.entries(closes)) {
      const lines = days.map((day, index) => `${day},${values[index]},${values[index]}`);
      await service.client.prices.import({ ticker, csv: ["date,close,adj_close", ...lines].join("\n") });
    }
    const schedule = { strategy_name: "StaticAllocation", when: { days: "month_end" } } as const;
    const real = await procedures.createSchedule.mutate({
      ...schedule,
      name: "on prices",
      parameters: { use_real_data: true },
    });
    const synthetic = await procedures.createSchedule.mutate({ ...schedule, name: "made up" });
    await using opened = await service.visit(open, "/today");
    const { page, problems } = opened;
    // Both come without a reload.
    for (const { schedule_id } of [real, synthetic]) await procedures.triggerSchedule.mutate({ schedule_id });
    for (const { name } of [real, synthetic]) await page.getByRole("region", { name }).waitFor();

    const capital = 10_000;
    await page.getByLabel("My capital").fill(String(capital));
    const section = page.getByRole("region", { name: "on prices" });
    const [spy, ief] = [closes.SPY.at(-1)!, closes.IEF.at(-1)!];
    const shares = (amount: number, close: number): string =>
      new Intl.NumberFormat("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(amount / close);
    await expect
      .poll(() => cellsOf(section.getByRole("table")))
      .toEqual([
        ["SPY", "60.00%", "–", "–", "6,000.00", shares(6_000, spy)],
        ["IEF", "40.00%", "–", "–", "4,000.00", shares(4_000, ief)],
      ]);
    await section.getByText(/prices until /).waitFor();
    const wanted = [
      ["Asset", "Weight", "Before", "Change", "Amount", "Shares"],
      ["SPY", "0.6", "", "", "6000", String(6_000 / spy)],
      ["IEF", "0.4", "", "", "4000", String(4_000 / ief)],
    ];
    const copied = await copiedBy(section.getByRole("button", { name: "Copy as table" }));
    expect(copied.split("\n").map((line) => line.split("\t"))).toEqual(wanted);
    expect(await savedBy(section.getByRole("button", { name: "CSV: on prices" }))).toEqual(wanted);

    // Prices are stored for its tickers as well, but it did not decide on them.
    const madeUp = page.getByRole("region", { name: "made up" });
    await madeUp.getByText("Decided on synthetic prices: there are no numbers of shares.").waitFor();
    expect((await cellsOf(madeUp.getByRole("table"))).map((row) => row.slice(4))).toEqual([
      ["6,000.00", "–"],
      ["4,000.00", "–"],
    ]);
    expect(await seriousFaults(page)).toEqual([]);
    expect(faultsOf(problems)).toEqual([]);
  });
});

/** The sessions of New York in the last hundred days, today included. */
async function pastSessions(): Promise<readonly string[]> {
  const daysAgo = (count: number): string => new Date(Date.now() - count * 86_400_000).toISOString().slice(0, 10);
  const { sessions } = await service.client.procedures.getCalendar.query({
    exchange: "XNYS",
    from: daysAgo(100),
    to: daysAgo(0),
  });
  return sessions.map(({ day }) => day);
}
