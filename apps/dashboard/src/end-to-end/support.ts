import { readFile } from "node:fs/promises";
import { AxeBuilder } from "@axe-core/playwright";
import { createClient } from "@strategy-executor/client";
import { createTestDatabase } from "@strategy-executor/db/testing";
import type { OpenPage } from "@strategy-executor/docs-page/testing";
import { startTestServer } from "@strategy-executor/server/testing";
import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";

export interface Service extends AsyncDisposable {
  readonly address: string;
  readonly client: ReturnType<typeof createClient>;
  /** Runs a strategy and waits until it has ended. */
  run(strategy_name: string, parameters: Record<string, unknown>, more?: object): Promise<number>;
  /** Opens a page of the dashboard with the helper of a suite, and waits until nothing is loading. */
  visit(open: (url: string) => Promise<OpenPage>, path: string): Promise<OpenPage>;
}

/** A server for one test file. */
export async function startService(environment: Record<string, string> = {}): Promise<Service> {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await createTestDatabase("pglite"));
  const { address } = stack.use(await startTestServer(database.options, environment));
  const client = createClient({ url: address });
  const started = stack.move();
  return {
    address,
    client,
    async run(strategy_name, parameters, more = {}) {
      const { execution_id } = await client.procedures.executeStrategy.mutate({ strategy_name, parameters, ...more });
      for await (const update of client.executions.watch(execution_id)) void update;
      return execution_id;
    },
    async visit(open, path) {
      const opened = await open(`${address}/ui${path}`);
      await settled(opened.page);
      return opened;
    },
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

/** Signs in on the page that asks for a key, and waits for the one that was asked for. */
export async function signIn(page: Page, key: string): Promise<void> {
  await page.getByLabel("API key").fill(key);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(({ pathname }) => !pathname.endsWith("/sign-in"));
}

/** The serious findings of axe, in short. */
export async function seriousFaults(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
}

/** Errors of a page. Calls, streams and code of other pages that a view aborts when it is left do not count. */
export function faultsOf(problems: readonly string[]): string[] {
  return problems.filter((problem) => !/^failed: .*\/(?:trpc|ui)\/.* net::ERR_ABORTED$/.test(problem));
}

/** Waits until nothing is loading. */
export async function settled(page: Page): Promise<void> {
  await page.getByRole("heading", { level: 1 }).waitFor();
  const loading = page.locator("[data-loading]");
  while ((await loading.count()) > 0) await loading.first().waitFor({ state: "hidden" });
}

/** What a button copies. */
export async function copiedBy(button: Locator): Promise<string> {
  const page = button.page();
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  // Its name changes by the click.
  const element = (await button.elementHandle())!;
  await element.click();
  await expect.poll(() => element.innerText()).toBe("Copied");
  return page.evaluate<string>("navigator.clipboard.readText()");
}

/** The cells of the file that a control saves. Only for tables without quoted cells. */
export async function savedBy(control: Locator): Promise<string[][]> {
  const downloaded = control.page().waitForEvent("download");
  await control.click();
  const text = await readFile(await (await downloaded).path(), "utf8");
  return text
    .trimEnd()
    .split(/\r?\n/)
    .map((line) => line.split(","));
}

/** The drawn widths of the bars in a part of a page, in pixels. */
export async function barWidths(bars: Locator): Promise<number[]> {
  return bars.evaluateAll((all) => all.map((bar) => bar.getBoundingClientRect().width));
}

/** The cells of a table's body, row by row. */
export async function cellsOf(table: Locator): Promise<string[][]> {
  const rows = await table.locator("tbody tr").all();
  return Promise.all(rows.map((row) => row.locator("td").allInnerTexts()));
}
