import { connectDatabase, type Database } from "@strategy-executor/db";
import { createTestDatabase } from "@strategy-executor/db/testing";
import { createClient } from "@strategy-executor/client";
import { describeInChromium, type OpenPage } from "@strategy-executor/docs-page/testing";
import { startTestServer } from "@strategy-executor/server/testing";
import type { Page, Request } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { faultsOf, settled } from "./support.ts";

const stack = new AsyncDisposableStack();
let address: string;
let client: ReturnType<typeof createClient>;
let database: Database;

beforeAll(async () => {
  const { options } = stack.use(await createTestDatabase("postgres"));
  database = stack.use(await connectDatabase(options));
  // Nothing runs: what waits goes on waiting.
  ({ address } = stack.use(await startTestServer(options, { ROLE: "api" })));
  client = createClient({ url: address });
});
afterAll(() => stack.disposeAsync());

/** The events of so many executions, which have ended. */
async function insertEnded(count: number): Promise<void> {
  await database.db.execute(`
    with ended as (
      insert into executions (client, strategy, version, parameters, execution_parameters, status, completed_at)
      select 'local', 'Slow', '1', '{}', '{}', 'cancelled', now() from generate_series(1, ${count})
      returning id, event_transaction
    )
    insert into execution_events (execution_id, number, status, transaction)
    select id, 1, 'cancelled', event_transaction from ended`);
}

describeInChromium("a hidden tab", (open) => {
  const visit = async (path: string, operation = "watchExecutions"): Promise<Visit> => {
    const opened = await open(`${address}/ui/settings`);
    const { page } = opened;
    await page.clock.install();
    const streams = streamsOf(page, operation);
    const reads: Request[] = [];
    page.on("requestfinished", (request) => void (isOf(request, "getExecution") && reads.push(request)));
    await page.goto(`${address}/ui${path}`);
    return { ...opened, streams, reads };
  };
  /** Waits until the page shows what its stream brings: from then on it can resume. Returns the newest execution. */
  const follows = async (page: Page): Promise<number> => {
    await page.getByRole("table", { name: "Executions" }).waitFor();
    const { execution_id } = await client.execute("BoldAssetAllocation");
    await page.getByRole("button", { name: "1 new", exact: true }).waitFor();
    return execution_id;
  };

  it("keeps its stream for 30 seconds, closes it, and resumes where it was when it is seen again", async () => {
    const { execution_id: waiting } = await client.execute("BoldAssetAllocation");
    await using opened = await visit("/executions");
    const { page, problems, streams } = opened;
    const row = page.getByRole("table", { name: "Executions" }).getByRole("row");
    await row.filter({ hasText: "pending" }).first().waitFor();
    await follows(page);

    await setVisible(page, false);
    await page.clock.runFor(29_000);
    expect(streams.open.size).toBe(1);
    await page.clock.runFor(2_000);
    await expect.poll(() => streams.open.size).toBe(0);
    const before = streams.begun.length;
    await client.executions.cancel(waiting);
    await client.execute("BoldAssetAllocation");

    await setVisible(page, true);
    await expect.poll(() => streams.begun.length).toBe(before + 1);
    expect(inputOf(streams.begun.at(-1)!)).toHaveProperty("after");
    // Rows change in place, and new ones wait until they are wanted: the page was not read anew.
    await row.filter({ hasText: "cancelled" }).waitFor();
    await page.getByRole("button", { name: "2 new", exact: true }).waitFor();
    expect(faultsOf(problems)).toEqual([]);
  });

  it("reads the page anew when it is more than 10,000 events behind", async () => {
    await using opened = await visit("/executions");
    const { page, problems, streams } = opened;
    const newest = await follows(page);
    const link = (id: number) =>
      page.getByRole("table", { name: "Executions" }).getByRole("link", { name: String(id), exact: true });
    await setVisible(page, false);
    await page.clock.runFor(31_000);
    await expect.poll(() => streams.open.size).toBe(0);
    await insertEnded(10_001);
    await setVisible(page, true);
    await link(newest + 10_001).waitFor();
    expect(await page.getByRole("button", { name: /new$/ }).count()).toBe(0);
    // It follows from now on.
    await expect.poll(() => inputOf(streams.begun.at(-1)!)).not.toHaveProperty("after");
    await expect.poll(() => streams.open.size).toBe(1);
    await client.execute("BoldAssetAllocation");
    await page.getByRole("button", { name: "1 new", exact: true }).waitFor();
    expect(faultsOf(problems)).toEqual([]);
  });

  it("loses nothing of what it shows when it is some thousand events behind", async () => {
    const { execution_id: shown } = await client.execute("BoldAssetAllocation");
    await using opened = await visit("/executions");
    const { page } = opened;
    const row = page
      .getByRole("table", { name: "Executions" })
      .getByRole("row")
      .filter({ has: page.getByRole("link", { name: String(shown), exact: true }) });
    await row.filter({ hasText: "pending" }).waitFor();
    await follows(page);
    await setVisible(page, false);
    await page.clock.runFor(31_000);
    await client.executions.cancel(shown);
    await insertEnded(3_000);
    await setVisible(page, true);
    await row.filter({ hasText: "cancelled" }).waitFor();
    await page.getByRole("button", { name: "100+ new" }).waitFor();
    expect(await row.getByText("pending").count()).toBe(0);
  });

  it("closes the stream of an open execution, too, and shows how it ended", async () => {
    const { execution_id } = await client.execute("BoldAssetAllocation");
    await using opened = await visit(`/executions/${execution_id}?tab=events`, "watchExecution");
    const { page, problems, streams, reads } = opened;
    const events = page.getByRole("table", { name: "Events" }).getByRole("row");
    await events.filter({ hasText: "pending" }).waitFor();
    // That of the page, and that of the tab. The first event lets the page read its execution again.
    await expect.poll(() => streams.open.size).toBe(2);
    await expect.poll(() => reads.length).toBeGreaterThan(1);
    await setVisible(page, false);
    await page.clock.runFor(31_000);
    await expect.poll(() => streams.open.size).toBe(0);
    await client.executions.cancel(execution_id);
    const before = streams.begun.length;
    await setVisible(page, true);
    await page.getByRole("status", { name: "State" }).filter({ hasText: "cancelled" }).waitFor();
    await events.filter({ hasText: "cancelled" }).waitFor();
    expect(await events.count()).toBe(3);
    for (const request of streams.begun.slice(before)) expect(inputOf(request)).toMatchObject({ after: 1 });
    expect(faultsOf(problems)).toEqual([]);
  });

  it("asks for nothing while it is hidden", async () => {
    await using opened = await visit("/");
    const { page } = opened;
    await settled(page);
    await setVisible(page, false);
    await page.clock.runFor(31_000);
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    await page.clock.runFor(120_000);
    expect(asked).toEqual([]);
  });
});

interface Visit extends OpenPage {
  readonly streams: Streams;
  /** The finished reads of an execution. */
  readonly reads: readonly Request[];
}

interface Streams {
  readonly begun: Request[];
  readonly open: Set<Request>;
}

/** Observes the streams of an operation. */
function streamsOf(page: Page, operation: string): Streams {
  const streams: Streams = { begun: [], open: new Set() };
  page.on("request", (request) => {
    if (!isOf(request, operation)) return;
    streams.begun.push(request);
    streams.open.add(request);
  });
  for (const end of ["requestfailed", "requestfinished"] as const) {
    page.on(end as "requestfailed", (request) => void streams.open.delete(request));
  }
  return streams;
}

/** Whether it asks for the operation, alone or with others. */
function isOf(request: Request, operation: string): boolean {
  return new URL(request.url()).pathname.replace("/trpc/", "").split(",").includes(operation);
}

function inputOf(request: Request): unknown {
  return JSON.parse(new URL(request.url()).searchParams.get("input")!);
}

/** Hides the tab from its page, or shows it. Chromium without a window shows every tab, so the page is told what it would be told. */
async function setVisible(page: Page, isVisible: boolean): Promise<void> {
  const state = isVisible ? "visible" : "hidden";
  await page.evaluate(`
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => "${state}" });
    Object.defineProperty(document, "hidden", { configurable: true, get: () => ${!isVisible} });
    document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));`);
}
