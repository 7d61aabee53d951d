import { describeInChromium } from "@strategy-executor/docs-page/testing";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { barWidths, cellsOf, faultsOf, savedBy, seriousFaults, type Service, startService } from "./support.ts";

const stack = new AsyncDisposableStack();
let service: Service;
/** Two that differ in one parameter, and one of another strategy that begins later. */
let four: number;
let twelve: number;
let crossover: number;

beforeAll(async () => {
  service = stack.use(await startService());
  four = await service.run("BoldAssetAllocation", { variant: "BAA-G4" }, { label: "four" });
  twelve = await service.run("BoldAssetAllocation", { variant: "BAA-G12" }, { label: "twelve" });
  crossover = await service.run("MovingAverageCrossover", { start_date: "2012-01-03" }, { label: "crossover" });
});

afterAll(() => stack.disposeAsync());

const idsIn = (page: Page) => new URL(page.url()).searchParams.get("ids");
const table = (page: Page, name: string) => page.getByRole("table", { name, exact: true });
const csv = (page: Page, name: string) => page.getByRole("button", { name: `CSV: ${name}`, exact: true });
const headsOf = (page: Page, name: string) => table(page, name).getByRole("columnheader").allInnerTexts();

describeInChromium("the page Compare", (open) => {
  it("indexes curves to 100 at their common start, or each at its own, and saves them", async () => {
    await using opened = await service.visit(open, `/compare?ids=${four},${crossover}`);
    const { page, problems } = opened;
    await page.getByText("Indexed to 100 on Jan 3, 2012, the latest of their first days.").waitFor();
    const common = await savedBy(csv(page, "Equity"));
    expect(common.slice(0, 2)).toEqual([
      ["date", `${four} four`, `${crossover} crossover`],
      ["2012-01-03", "100", "100"],
    ]);
    const falls = await savedBy(csv(page, "Drawdown"));
    expect(falls.map(([day]) => day)).toEqual(common.map(([day]) => day));
    for (const [, ...values] of falls.slice(1))
      for (const value of values) expect(Number(value)).toBeLessThanOrEqual(0);

    await page.getByRole("combobox", { name: "Start" }).selectOption("own");
    await page.waitForURL(/base=own/);
    await page.getByText("Indexed to 100, each on its own first day.").waitFor();
    const own = await savedBy(csv(page, "Equity"));
    const { result } = await service.client.executions.get(four);
    expect(own[1]).toEqual([result!.period!.first_day, "100", ""]);
    expect(own.find(([day]) => day === "2012-01-03")?.[2]).toBe("100");
    // The last values show the growth of the whole account.
    expect(Number(own.at(-1)![1])).toBeCloseTo(100 * (1 + result!.return!), 6);
    await page.reload();
    await page.getByText("Indexed to 100, each on its own first day.").waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    expect(faultsOf(problems)).toEqual([]);
  });

  it("shows the parameters that differ, all of them on demand, and figures with their differences", async () => {
    await using opened = await service.visit(open, `/compare?ids=${four},${twelve}`);
    const { page, problems } = opened;
    expect(await cellsOf(table(page, "Parameters"))).toEqual([["variant", '"BAA-G4"', '"BAA-G12"']]);
    await page.getByRole("checkbox", { name: "Also those that are equal" }).check();
    await table(page, "Parameters").getByRole("row").filter({ hasText: "cost_bps" }).waitFor();
    const saved = await savedBy(csv(page, "compare-parameters"));
    expect(saved[0]).toEqual(["Parameter", String(four), String(twelve)]);
    expect(saved.map(([name]) => name)).toContain("initial_capital");

    const results = await Promise.all([four, twelve].map((id) => service.client.executions.get(id)));
    const [first, second] = results.map(({ result }) => result!.metrics!.sharpe!) as [number, number];
    const sharpe = (await cellsOf(table(page, "Figures"))).find(([name]) => name === "Sharpe ratio")!;
    const by = `${second > first ? "+" : "-"}${Math.abs(second - first).toFixed(2)}`;
    expect(sharpe.slice(1).map((cell) => cell.split(/\s+/))).toEqual([[first.toFixed(2)], [second.toFixed(2), by]]);
    const figures = await savedBy(csv(page, "compare-figures"));
    expect(
      figures
        .find(([name]) => name === "sharpe")!
        .slice(1)
        .map(Number),
    ).toEqual([expect.closeTo(first, 9), expect.closeTo(second, 9)]);
    const few = figures.length;
    await page.getByRole("checkbox", { name: "All figures" }).check();
    await expect.poll(() => table(page, "Figures").getByRole("row").count()).toBeGreaterThan(few);
    expect(faultsOf(problems)).toEqual([]);
  });

  it("shows yearly returns as bars, and how monthly returns correlate", async () => {
    const ids = [four, twelve, crossover];
    await using opened = await service.visit(open, `/compare?ids=${ids.join(",")}`);
    const { page, problems } = opened;
    const correlations = (await cellsOf(table(page, "Correlation of monthly returns"))).map((row) => row.slice(1));
    const months = await Promise.all(
      ids.map(async (execution_id) => {
        const report = await service.client.procedures.getReport.query({ execution_id });
        return new Map(report.months.map((month) => [month.month_end, month.return]));
      }),
    );
    expect(correlations).toEqual(
      months.map((row) => months.map((column) => pearson(row, column).toFixed(2).replace("-0.00", "0.00"))),
    );
    const saved = await savedBy(csv(page, "compare-correlation"));
    expect(saved[0]).toEqual(["execution", ...ids.map(String)]);

    const years = await savedBy(csv(page, "compare-years"));
    const returns = years.slice(1).flatMap((row) => row.slice(1).filter((cell) => cell !== ""));
    const widths = await barWidths(table(page, "Calendar years").locator("tbody td > span > span"));
    expect(widths).toHaveLength(returns.length);
    const largest = Math.max(...returns.map((value) => Math.abs(Number(value))));
    const full = Math.max(...widths);
    returns.forEach((value, index) => expect(widths[index]! / full).toBeCloseTo(Math.abs(Number(value)) / largest, 1));
    expect(faultsOf(problems)).toEqual([]);
  });

  it("drops one, and makes another one the first", async () => {
    await using opened = await service.visit(open, `/compare?ids=${four},${twelve},${crossover}`);
    const { page, problems } = opened;
    expect(await headsOf(page, "Figures")).toEqual([
      "Figure",
      `${four} four`,
      `${twelve} twelve`,
      `${crossover} crossover`,
    ]);
    await page.getByRole("button", { name: `Drop ${twelve}` }).click();
    await expect.poll(() => idsIn(page)).toBe(`${four},${crossover}`);
    await expect.poll(() => headsOf(page, "Figures")).toEqual(["Figure", `${four} four`, `${crossover} crossover`]);
    await page.getByRole("button", { name: `Make ${crossover} the first` }).click();
    await expect.poll(() => idsIn(page)).toBe(`${crossover},${four}`);
    await expect.poll(() => headsOf(page, "Figures")).toEqual(["Figure", `${crossover} crossover`, `${four} four`]);
    // Differences are to the first one.
    const [[, base, other]] = (await cellsOf(table(page, "Figures"))) as [[string, string, string]];
    expect(base).not.toMatch(/[+=]/);
    expect(other).toMatch(/[+-]/);
    await page.getByRole("button", { name: `Drop ${four}` }).click();
    await page.getByText("Choose at least two executions").waitFor();
    expect(faultsOf(problems)).toEqual([]);
  });

  it("waits for what still runs, and shows the others when one has no result", async () => {
    const { procedures } = service.client;
    const { execution_id: slow } = await procedures.executeStrategy.mutate({
      strategy_name: "Slow",
      parameters: { milliseconds: 600_000 },
    });
    await using opened = await open(`${service.address}/ui/compare?ids=${four},${slow},${twelve}`);
    const { page, problems } = opened;
    await page.getByText(`Compared as soon as they have ended: ${slow} Slow`).waitFor();
    await table(page, "Figures").waitFor();
    await procedures.cancelExecution.mutate({ execution_id: slow });
    await page.getByRole("alert").filter({ hasText: "The service refused this" }).waitFor();
    expect(await headsOf(page, "Figures")).toEqual(["Figure", `${four} four`, `${twelve} twelve`]);
    await page.getByRole("button", { name: `Drop ${slow}` }).click();
    await page.getByRole("alert").waitFor({ state: "detached" });
    expect(faultsOf(problems).filter((problem) => !problem.includes("409"))).toEqual([]);
  });
});

/** Over the months that both have, from sums. */
function pearson(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number {
  const both = [...a].flatMap(([month, x]) => (b.has(month) ? [[x, b.get(month)!] as const] : []));
  const sum = (of: (x: number, y: number) => number): number => both.reduce((total, [x, y]) => total + of(x, y), 0);
  const n = both.length;
  const [x, y] = [sum((value) => value), sum((_, value) => value)];
  const covariance = n * sum((p, q) => p * q) - x * y;
  return covariance / Math.sqrt((n * sum((p) => p * p) - x * x) * (n * sum((_, q) => q * q) - y * y));
}
