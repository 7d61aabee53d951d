import { AxeBuilder } from "@axe-core/playwright";
import { createClient } from "@strategy-executor/client";
import { createTestDatabase } from "@strategy-executor/db/testing";
import { startTestServer } from "@strategy-executor/server/testing";
import type { Page } from "playwright-core";

export interface Service extends AsyncDisposable {
  readonly address: string;
  readonly client: ReturnType<typeof createClient>;
  /** Runs a strategy and waits until it has ended. */
  run(strategy_name: string, parameters: Record<string, unknown>, more?: object): Promise<number>;
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
