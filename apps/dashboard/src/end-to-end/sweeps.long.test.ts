import { describeInChromium } from "@strategy-executor/docs-page/testing";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  barWidths,
  cellsOf,
  faultsOf,
  savedBy,
  seriousFaults,
  type Service,
  settled,
  startService,
} from "./support.ts";

const stack = new AsyncDisposableStack();
let service: Service;
let sweep: number;

beforeAll(async () => {
  service = stack.use(await startService());
  const { execution_id } = await service.client.procedures.submitSweep.mutate({
    strategy_name: "MovingAverageCrossover",
    parameters: { cost_bps: 5 },
    grid: { axes: { short_window: [10, 20, 30], long_window: [100, 150] } },
    walk_forward: { train: 1_000, test: 1_000 },
  });
  sweep = execution_id;
  for await (const update of service.client.executions.watch(sweep)) void update;
});

afterAll(() => stack.disposeAsync());

const report = async () => (await service.client.procedures.getSweep.query({ execution_id: sweep })).result!.sweep!;
const mapOf = (page: Page) => page.getByRole("figure", { name: "Heat map" });
const cells = (page: Page) => mapOf(page).locator("rect.cell");
const readout = (page: Page) => page.getByText(/^At the pointer: /);
const searchOf = (page: Page) => Object.fromEntries(new URL(page.url()).searchParams);

describeInChromium("the page of a sweep", (open) => {
  it("cancels what runs, after asking", async () => {
    const { execution_id } = await service.client.procedures.submitSweep.mutate({
      strategy_name: "Slow",
      grid: { axes: { milliseconds: [600_000, 600_001] } },
    });
    // Not settled: there is nothing to show until it has ended.
    await using opened = await open(`${service.address}/ui/sweeps/${execution_id}`);
    const { page, problems } = opened;
    await page.getByRole("progressbar", { name: "Progress" }).waitFor();
    await page.getByText("0 of 2 combinations").waitFor();
    await page.getByRole("button", { name: "Cancel" }).click();
    const dialog = page.getByRole("dialog", { name: `Cancel sweep ${execution_id}?` });
    await dialog.getByRole("button", { name: "Back" }).click();
    await dialog.waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Cancel" }).click();
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("status", { name: "State" }).filter({ hasText: "cancelled" }).waitFor();
    await page.getByRole("progressbar", { name: "Progress" }).waitFor({ state: "detached" });
    await expect.poll(() => page.getByRole("button", { name: "Cancel" }).count()).toBe(0);
    await page.getByRole("link", { name: "Sweeps", exact: true }).click();
    const row = page.getByRole("table", { name: "Sweeps" }).getByRole("row");
    await row.filter({ hasText: "milliseconds" }).filter({ hasText: "cancelled" }).waitFor();
    expect(faultsOf(problems)).toEqual([]);
  });

  it("shows a cell at the pointer, keeps it by a click, and runs it with the same result", async () => {
    await using opened = await service.visit(open, `/sweeps/${sweep}`);
    const { page, problems } = opened;
    const [first, last] = [cells(page).first(), cells(page).last()];
    await last.hover();
    await readout(page).filter({ hasText: "long_window 150, short_window 30: " }).waitFor();
    await first.hover();
    await readout(page).filter({ hasText: "long_window 100, short_window 10: " }).waitFor();
    await readout(page).filter({ hasText: "its 3 neighbours: " }).waitFor();
    await first.click();
    await last.hover();
    // On its way to the link the pointer crosses other cells.
    const run = page.getByRole("link", { name: "Run this cell" });
    await run.hover();
    expect(await readout(page).innerText()).toContain("long_window 100, short_window 10: ");
    expect(await seriousFaults(page)).toEqual([]);
    const value = Number(await first.getAttribute("data-value"));
    await run.click();
    await page.waitForURL(/\/new\?/);
    expect(searchOf(page)).toEqual({
      strategy: "MovingAverageCrossover",
      "p.cost_bps": "5",
      "p.short_window": "10",
      "p.long_window": "100",
    });
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await page.getByRole("status", { name: "State" }).filter({ hasText: "completed" }).waitFor();
    const id = Number(/\/(\d+)$/.exec(page.url())![1]);
    const { result } = await service.client.executions.get(id);
    expect(result!.metrics!.sharpe).toBeCloseTo(value, 9);
    expect(faultsOf(problems)).toEqual([]);
  });

  it("moves over the cells by arrows, and runs one by Enter", async () => {
    await using opened = await service.visit(open, `/sweeps/${sweep}`);
    const { page, problems } = opened;
    await page.getByText(/^Best: /).waitFor();
    await mapOf(page).locator("[tabindex='0']").first().focus();
    // From whichever cell is best to the last one, then one up.
    for (const key of ["ArrowRight", "ArrowDown", "ArrowDown", "ArrowUp"]) await page.keyboard.press(key);
    await readout(page).filter({ hasText: "long_window 150, short_window 20: " }).waitFor();
    const marked = mapOf(page).locator("rect.cell[data-chosen]");
    expect(await marked.count()).toBe(1);
    expect(await marked.locator("title").textContent()).toContain("long_window 150, short_window 20: ");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/new\?/);
    expect(searchOf(page)).toMatchObject({ "p.short_window": "20", "p.long_window": "150", "p.cost_bps": "5" });
    expect(faultsOf(problems)).toEqual([]);
  });

  it("runs the best ones, and compares them", async () => {
    await using opened = await service.visit(open, `/sweeps/${sweep}`);
    const { page, problems } = opened;
    await page.getByRole("button", { name: "Compare the best" }).click();
    await page.waitForURL(/\/compare\?ids=/);
    await page.getByRole("figure", { name: "Equity" }).locator("canvas").first().waitFor();
    const ids = searchOf(page)["ids"]!.split(",").map(Number);
    const { best } = await report();
    const ran = await Promise.all(ids.map((id) => service.client.executions.get(id)));
    expect(
      ran.map(({ execution_parameters: { short_window, long_window } }) => ({ short_window, long_window })),
    ).toEqual(best.slice(0, 5).map(({ parameters }) => parameters));
    ran.forEach(({ result, execution_parameters }, index) => {
      expect(execution_parameters["cost_bps"]).toBe(5);
      expect(result!.metrics!.sharpe).toBeCloseTo(best[index]!.metrics.sharpe!, 9);
    });
    const heads = page.getByRole("table", { name: "Figures" }).getByRole("columnheader");
    await expect.poll(() => heads.count()).toBe(6);
    expect(await page.getByRole("alert").count()).toBe(0);
    expect(faultsOf(problems)).toEqual([]);
  });

  it("shows training against test as bars for each window, and the tests joined", async () => {
    await using opened = await service.visit(open, `/sweeps/${sweep}`);
    const { page, problems } = opened;
    const { windows, return: total } = (await report()).walk_forward!;
    expect(windows.length).toBeGreaterThan(2);
    const table = page.getByRole("table", { name: "Walk-forward" });
    const rows = await cellsOf(table);
    const two = (value: number | null | undefined): string => value!.toFixed(2).replace("-0.00", "0.00");
    expect(rows.map(([window, , train, test]) => [window, train?.trim(), test?.trim()])).toEqual(
      windows.map(({ test, train_metrics, test_metrics }) => [
        `${test.start_date} – ${test.end_date}`,
        two(train_metrics?.sharpe),
        two(test_metrics?.sharpe),
      ]),
    );
    for (const [index, { parameters }] of windows.entries()) {
      expect(rows[index]![1]).toContain(`short_window ${parameters!["short_window"]}`);
    }
    const values = windows.flatMap(({ train_metrics, test_metrics }) => [
      train_metrics!.sharpe!,
      test_metrics!.sharpe!,
    ]);
    const widths = await barWidths(table.locator("tbody td > span > span"));
    const largest = Math.max(...values.map(Math.abs));
    expect(widths.map((width) => width / Math.max(...widths))).toEqual(
      values.map((value) => expect.closeTo(Math.abs(value) / largest, 1)),
    );
    const joined = await savedBy(page.getByRole("button", { name: "CSV: Joined tests" }));
    expect(joined.map(([day]) => day)).toEqual([
      "date",
      windows[0]!.test.start_date,
      ...windows.map(({ test }) => test.end_date),
    ]);
    expect(Number(joined.at(-1)![1])).toBeCloseTo(100 * (1 + total!), 6);
    expect(faultsOf(problems)).toEqual([]);
  });

  it("saves the table of the best, the map and the whole table as CSV", async () => {
    await using opened = await service.visit(open, `/sweeps/${sweep}`);
    const { page, problems } = opened;
    const { best, heat_map: map } = await report();
    const saved = await savedBy(page.getByRole("button", { name: `CSV: sweep-${sweep}-best` }));
    expect(saved[0]).toEqual([
      "Rank",
      "short_window",
      "long_window",
      "sharpe",
      "cagr",
      "return",
      "max_drawdown",
      "calmar",
    ]);
    expect(saved.slice(1).map((row) => row.slice(0, 4).map(Number))).toEqual(
      best.map(({ parameters, metrics }, index) => [
        index + 1,
        parameters["short_window"],
        parameters["long_window"],
        metrics.sharpe,
      ]),
    );
    const drawn = await savedBy(page.getByRole("button", { name: "CSV: Heat map" }));
    expect(drawn).toEqual([
      ["short_window / long_window", "100", "150"],
      ...map!.values.map((row, index) => [String(map!.y_values[index]), ...row.map(String)]),
    ]);
    const whole = await savedBy(page.getByRole("link", { name: "Whole table as CSV" }));
    expect(whole).toHaveLength(7);
    expect(whole[0]).toEqual(expect.arrayContaining(["short_window", "long_window", "sharpe"]));
    expect(faultsOf(problems)).toEqual([]);
  });

  it("is listed with what varies, and opens from there", async () => {
    await using opened = await service.visit(open, "/sweeps");
    const { page, problems } = opened;
    const row = page.getByRole("table", { name: "Sweeps" }).getByRole("row").filter({ hasText: "long_window" });
    await row.filter({ hasText: "completed" }).waitFor();
    await row.getByRole("link", { name: String(sweep), exact: true }).click();
    await page.getByRole("heading", { level: 1, name: `Sweep ${sweep}` }).waitFor();
    await settled(page);
    await page.getByRole("link", { name: "As an execution" }).click();
    await page.waitForURL(new RegExp(`/executions/${sweep}$`));
    expect(faultsOf(problems)).toEqual([]);
  });

  it("runs only cells whose parameters are known when more than two vary", async () => {
    const { execution_id: id } = await service.client.procedures.submitSweep.mutate({
      strategy_name: "MovingAverageCrossover",
      parameters: {},
      grid: { axes: { short_window: [5, 10, 20, 30, 40], long_window: [100, 150, 200, 250, 300], cost_bps: [0, 9] } },
    });
    for await (const update of service.client.executions.watch(id)) void update;
    const { best, heat_map: map } = (await service.client.procedures.getSweep.query({ execution_id: id })).result!
      .sweep!;
    const isKnown = (place: { x: unknown; y: unknown }) =>
      best.some(({ parameters }) => parameters[map!.x] === place.x && parameters[map!.y] === place.y);
    const places = map!.y_values.flatMap((y) => map!.x_values.map((x) => ({ x, y })));
    await using opened = await service.visit(open, `/sweeps/${id}`);
    const { page, problems } = opened;
    const run = page.getByRole("link", { name: "Run this cell" });
    await cells(page)
      .nth(places.findIndex((place) => !isKnown(place)))
      .hover();
    await page.getByText("The other parameters of this cell are in the whole table").waitFor();
    expect(await run.count()).toBe(0);
    const known = places.findIndex(isKnown);
    await cells(page).nth(known).click();
    await run.click();
    await page.waitForURL(/\/new\?/);
    const { x, y } = places[known]!;
    const { parameters } = best.find((one) => one.parameters[map!.x] === x && one.parameters[map!.y] === y)!;
    expect(searchOf(page)).toMatchObject(
      Object.fromEntries(Object.entries(parameters).map(([name, value]) => [`p.${name}`, String(value)])),
    );
    expect(faultsOf(problems)).toEqual([]);
  });
});
