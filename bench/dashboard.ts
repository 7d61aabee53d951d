import { startServerLikeNpmStart } from "@strategy-executor/server/testing";
import { type Browser, chromium, type Page } from "playwright-core";
import postgres from "postgres";
import type { BenchOptions, Figures } from "./bench.ts";
import { startDatabase } from "./measuring/database.ts";
import { addFinishedExecutions, insertFinishedExecutions } from "./measuring/finished-executions.ts";
import { percentile } from "./measuring/percentile.ts";
import type { LoadAnswer, LoadQuestion } from "./processes/load.ts";
import { startProcess } from "./processes/process.ts";
import type { ReceiverAnswer, ReceiverQuestion } from "./processes/receiver.ts";
import { bodyOf, strategiesDir } from "./service/workloads.ts";

const few = 600;
const eventsPerSecond = 1_000;
/** pending, running, completed */
const eventsPerExecution = 3;

/**
 * What readers of the dashboard wait for, in Chromium: the list with a million executions in the database, opened cold and
 * filtered; an execution over 20 years with a benchmark; and the list while 1,000 events a second arrive. Times are those of the
 * page itself. The dashboard must have been built: `npm run bootstrap`.
 */
export async function dashboard(options: BenchOptions): Promise<Figures> {
  if (options.database !== "postgres") throw new Error("bench dashboard fills a PostgreSQL: --database postgres");
  const count = options.backlog ?? (options.quick ? 20_000 : 1_000_000);
  const seconds = options.quick ? 10 : 60;
  await using stack = new AsyncDisposableStack();
  const load = stack.use(startProcess<LoadQuestion, LoadAnswer>("load"));
  const receiver = stack.use(startProcess<ReceiverQuestion, ReceiverAnswer>("receiver"));
  const { url: callbackUrl } = await receiver.ask({ kind: "reset" });
  const database = stack.use(await startDatabase("postgres"));
  const server = stack.use(await startServerLikeNpmStart(database.options, { STRATEGIES_DIR: strategiesDir }));
  const sql = postgres(database.options.databaseUrl!, { max: 1, onnotice: () => undefined });
  stack.defer(() => sql.end());
  const url = `${server.url}/strategies/execute/`;
  const submission = { url, bodies: bodyOf("no_op", 0, callbackUrl) };
  await load.ask({ ...submission, kind: "burst", count: few, concurrency: 8 });
  await receiver.ask({ kind: "arrivals", count: few, silenceMs: 60_000 });
  // Copies of a real execution would fill 50 GB with series.
  await insertFinishedExecutions(sql, count);
  const [shown, benchmark] = await load
    .ask({ kind: "burst", url, bodies: { workload: "baa", callbackUrl, from: 0 }, count: 2, concurrency: 1 })
    .then(({ ids }) => ids);
  await receiver.ask({ kind: "arrivals", count: few + 2, silenceMs: 60_000 });

  const browser = await launch();
  stack.defer(() => browser.close());
  const rounds = options.quick ? 3 : 10;
  const [cold, filtered, drawn, zoom]: number[][] = [[], [], [], []];
  for (let round = 0; round < rounds; round += 1) {
    cold!.push(await inNewPage(browser, `${server.url}/ui/executions`, untilRows));
    filtered!.push(
      ...(await inNewPage(browser, `${server.url}/ui/executions`, async (page) => {
        await untilRows(page);
        return [await filter(page, "failed"), await filter(page, "cancelled"), await filter(page, "completed")];
      })),
    );
    await inNewPage(browser, `${server.url}/ui/executions/${shown}?benchmark=execution:${benchmark}`, async (page) => {
      drawn!.push(await untilDrawn(page));
      zoom!.push(...(await page.evaluate<number[]>(zoomSteps)));
    });
  }
  const busy = await inNewPage(browser, `${server.url}/ui/executions`, async (page) => {
    await untilRows(page);
    const adding = addFinishedExecutions(sql, eventsPerSecond / eventsPerExecution, seconds);
    return measureBusy(page, adding, () => eventCount(sql));
  });
  return {
    executions: count,
    cold_open_p50_ms: percentile(cold!, 50),
    filter_p50_ms: percentile(filtered!, 50),
    execution_drawn_p50_ms: percentile(drawn!, 50),
    zoom_step_p95_ms: percentile(zoom!, 95),
    ...busy,
  };
}

/** The list while executions end. Keys are pressed meanwhile, as a reader would. */
async function measureBusy(page: Page, adding: Promise<void>, countEvents: () => Promise<number>) {
  const session = await page.context().newCDPSession(page);
  const heapBytes = async () => {
    await session.send("HeapProfiler.collectGarbage");
    return page.evaluate<number>("performance.memory.usedJSHeapSize");
  };
  const [heap, events] = [await heapBytes(), await countEvents()];
  await page.evaluate("window.tasks.length = window.interactions.length = 0");
  const begun = performance.now();
  let isRunning = true;
  const added = adding.finally(() => (isRunning = false));
  while (isRunning) {
    await page.keyboard.press("j");
    await Promise.race([added, page.waitForTimeout(500)]);
  }
  await added;
  const took = (performance.now() - begun) / 1000;
  const [tasks, interactions] = await page.evaluate<[number[], number[]]>("[window.tasks, window.interactions]");
  return {
    events_per_s: ((await countEvents()) - events) / took,
    longest_task_ms: Math.max(0, ...tasks),
    interaction_p75_ms: percentile(interactions, 75),
    heap_growth_mb: ((await heapBytes()) - heap) / 1_000_000,
  };
}

async function eventCount(sql: postgres.Sql): Promise<number> {
  const [row] = await sql<{ count: number }[]>`select count(*)::float8 as count from execution_events`;
  return row!.count;
}

/** Milliseconds from the navigation until the list has rows. */
function untilRows(page: Page): Promise<number> {
  return page.evaluate(inPage(`await until(() => rows().length > 0); return performance.now();`));
}

/** Milliseconds from choosing a state until only rows of it are there. */
async function filter(page: Page, status: string): Promise<number> {
  return page.evaluate(
    inPage(`const select = [...document.querySelectorAll("select")].find((one) => one.querySelector("[value=failed]"));
    const begun = performance.now();
    select.value = "${status}";
    select.dispatchEvent(new Event("change", { bubbles: true }));
    await until(() => rows().length > 0 && rows().every((row) => row.textContent.includes("${status}")));
    return performance.now() - begun;`),
  );
}

/** Milliseconds from the last data of an execution until its curves are drawn. */
function untilDrawn(page: Page): Promise<number> {
  return page.evaluate(
    inPage(`await until(() => document.querySelector("figure[aria-label=Drawdown] canvas"));
    const drawn = performance.now();
    const data = performance.getEntriesByType("resource").filter(({ name }) => /getReport|getSeries/.test(name));
    return drawn - Math.max(...data.map(({ responseEnd }) => responseEnd).filter((end) => end <= drawn));`),
  );
}

/** Milliseconds that the page needs for each step of zooming into the curve and out again. */
const zoomSteps = inPage(`const canvas = document.querySelector("figure[aria-label=Equity] canvas");
  const { left, top, width, height } = canvas.getBoundingClientRect();
  const at = { bubbles: true, cancelable: true, ctrlKey: true, clientX: left + width / 2, clientY: top + height / 2 };
  const steps = [];
  for (let step = 0; step < 40; step += 1) {
    await frame();
    const begun = performance.now();
    canvas.dispatchEvent(new WheelEvent("wheel", { ...at, deltaY: step < 20 ? -100 : 100 }));
    await frame();
    steps.push(performance.now() - begun);
  }
  return steps;`);

/** An expression for the page, with helpers. `until` ends with the frame that shows what changed: charts draw themselves in it. */
function inPage(body: string): string {
  return `(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    const until = (holds) => new Promise((resolve) => {
      const observer = new MutationObserver(() => check());
      const check = () => { if (holds()) { observer.disconnect(); resolve(frame()); } };
      observer.observe(document, { childList: true, subtree: true, characterData: true });
      check();
    });
    const rows = () => [...document.querySelectorAll("table tbody tr")].filter((row) => row.querySelector("a"));
    ${body}
  })()`;
}

async function inNewPage<Answer>(browser: Browser, url: string, use: (page: Page) => Promise<Answer>): Promise<Answer> {
  // A new context has an empty cache.
  const context = await browser.newContext({ viewport: { width: 1_280, height: 800 } });
  try {
    const page = await context.newPage();
    await page.addInitScript(`window.tasks = []; window.interactions = [];
      new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map(({ duration }) => duration)))
        .observe({ type: "longtask" });
      new PerformanceObserver((list) => window.interactions.push(...list.getEntries()
        .filter(({ interactionId }) => interactionId > 0).map(({ duration }) => duration)))
        .observe({ type: "event", durationThreshold: 16 });`);
    await page.goto(url, { waitUntil: "commit" });
    return await use(page);
  } finally {
    await context.close();
  }
}

function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium",
    // A new window loads pages of the browser's own for the suggestions below its address bar, beside the page that is measured.
    // Readers have their window open before.
    args: [
      "--disable-gpu",
      "--enable-precise-memory-info",
      "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup,WebUIOmnibox",
    ],
    chromiumSandbox: false,
  });
}
