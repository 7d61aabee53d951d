import { describeInChromium } from "@strategy-executor/docs-page/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { faultsOf, seriousFaults, type Service, startService } from "./support.ts";

const stack = new AsyncDisposableStack();
let service: Service;

beforeAll(async () => {
  service = stack.use(await startService());
});

afterAll(() => stack.disposeAsync());

describeInChromium("the dashboard on an empty database", (open) => {
  it("leads from the empty page to a decision and a curve", async () => {
    await using opened = await open(`${service.address}/`);
    const { page, problems } = opened;
    await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await page.getByRole("button", { name: "Run Bold Asset Allocation" }).click();
    await page.waitForURL(/\/ui\/executions\/\d+$/);
    await page.getByRole("status", { name: "State" }).filter({ hasText: "completed" }).waitFor();
    await page.getByRole("region", { name: "Decision" }).waitFor();
    for (const name of ["Equity", "Drawdown"]) {
      await page.getByRole("figure", { name, exact: true }).locator("canvas").first().waitFor();
    }
    // The decisions are marked above the weights.
    await page.getByRole("figure", { name: "Weights", exact: true }).locator("svg path.decision").waitFor();
    const figures = page.getByRole("table", { name: "Key figures" });
    await figures.getByRole("cell", { name: "Sharpe ratio", exact: true }).waitFor();
    expect(await page.title()).toMatch(/ · Strategy executor$/);
    expect(await seriousFaults(page)).toEqual([]);
    expect(faultsOf(problems)).toEqual([]);
  });
});
