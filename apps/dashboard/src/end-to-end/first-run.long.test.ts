import { AxeBuilder } from "@axe-core/playwright";
import { createTestDatabase } from "@strategy-executor/db/testing";
import { describeInChromium } from "@strategy-executor/docs-page/testing";
import { startTestServer } from "@strategy-executor/server/testing";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";

const stack = new AsyncDisposableStack();
let address: string;

beforeAll(async () => {
  const database = stack.use(await createTestDatabase("pglite"));
  ({ address } = stack.use(await startTestServer(database.options)));
});

afterAll(() => stack.disposeAsync());

describeInChromium("the dashboard on an empty database", (open) => {
  it("leads from the empty page to a decision and a curve", async () => {
    await using opened = await open(`${address}/`);
    const { page } = opened;
    await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await page.getByRole("button", { name: "Run Bold Asset Allocation" }).click();
    await page.waitForURL(/\/ui\/executions\/\d+$/);
    await page.getByRole("status", { name: "State" }).filter({ hasText: "completed" }).waitFor();
    await page.getByRole("region", { name: "Decision" }).waitFor();
    for (const name of ["Equity", "Drawdown"]) {
      await page.getByRole("figure", { name, exact: true }).locator("canvas").first().waitFor();
    }
    await page.getByRole("figure", { name: "Weights", exact: true }).locator("svg").waitFor();
    await page
      .getByRole("table", { name: "Key figures" })
      .getByRole("cell", { name: "Sharpe ratio", exact: true })
      .waitFor();
    expect(await page.title()).toMatch(/ · Strategy executor$/);
    expect(await seriousFaults(page)).toEqual([]);
    expect(opened.problems.filter(isFault)).toEqual([]);
  });
});

/** What axe finds that is serious, in few words. */
async function seriousFaults(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
}

/** Calls and streams of a page that was left are given up. */
function isFault(problem: string): boolean {
  return !(problem.startsWith("failed: ") && problem.includes("/trpc/") && problem.endsWith("net::ERR_ABORTED"));
}
