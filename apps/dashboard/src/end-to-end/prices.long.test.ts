import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeInChromium } from "@strategy-executor/docs-page/testing";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { cellsOf, faultsOf, savedBy, seriousFaults, type Service, startService } from "./support.ts";

const stack = new AsyncDisposableStack();
let service: Service;
/** The provider's files. */
let folder: string;
/** The sessions of New York that have ended, oldest first. */
let sessions: readonly string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "prices-"));
  stack.defer(() => rm(folder, { recursive: true }));
  service = stack.use(await startService({ PRICES_PROVIDER: "files", PRICES_FILES: folder }));
  const daysAgo = (count: number): string => new Date(Date.now() - count * 86_400_000).toISOString().slice(0, 10);
  const calendar = await service.client.procedures.getCalendar.query({
    exchange: "XNYS",
    from: daysAgo(400),
    to: daysAgo(1),
  });
  sessions = calendar.sessions.map(({ day }) => day);
});

afterAll(() => stack.disposeAsync());

/** Rows whose closes rise by 1 from 100 on. */
function rowsOf(ticker: string, days: readonly string[]): string[] {
  return days.map((session, index) => `${session},${ticker},${100 + index},${100 + index}`);
}

/** The same as a file without a column of tickers. */
function fileOf(days: readonly string[]): string {
  return ["date,close,adj_close", ...rowsOf("", days).map((row) => row.replace(",,", ","))].join("\n");
}

async function upload(page: Page, text: string, ticker = ""): Promise<void> {
  const file = { name: "prices.csv", mimeType: "text/csv", buffer: Buffer.from(text) };
  await page.getByLabel("CSV", { exact: true }).setInputFiles(file);
  await page.getByLabel("Ticker of a file without a ticker column").fill(ticker);
  await page.getByRole("button", { name: "Upload CSV" }).click();
}

const table = (page: Page, name: string) => page.getByRole("table", { name, exact: true });
const rowOf = (page: Page, ticker: string) =>
  table(page, "Prices")
    .getByRole("row")
    .filter({ has: page.getByRole("link", { name: ticker, exact: true }) });
const day = (text: string) =>
  new Intl.DateTimeFormat("en", { dateStyle: "medium", timeZone: "UTC" }).format(new Date(text));

describeInChromium("the page Prices", (open) => {
  it("says how to load prices while there are none", async () => {
    await using opened = await service.visit(open, "/prices");
    const { page, problems } = opened;
    await page.getByText("No prices are stored").waitFor();
    await page.getByText("npm run prices -- fetch SPY QQQ").waitFor();
    expect(await page.getByRole("button", { name: "Upload CSV" }).isDisabled()).toBe(true);
    expect(faultsOf(problems)).toEqual([]);
  });

  it("uploads a file, shows how far it is, and what was loaded", async () => {
    await using opened = await service.visit(open, "/prices");
    const { page, problems } = opened;
    const lines = ["date,ticker,close,adj_close"];
    for (let ticker = 0; ticker < 60; ticker += 1) {
      for (const session of sessions) lines.push(`${session},T${ticker},${100 + ticker},${100 + ticker}`);
    }
    const network = await page.context().newCDPSession(page);
    const limit = (uploadThroughput: number) =>
      network.send("Network.emulateNetworkConditions", {
        offline: false,
        latency: 0,
        downloadThroughput: -1,
        uploadThroughput,
      });
    await network.send("Network.enable");
    await limit(50_000);
    await upload(page, lines.join("\n"));
    const bar = page.getByRole("progressbar", { name: "Uploading" });
    const fraction = async () => Number(await bar.getAttribute("value"));
    await expect.poll(fraction).toBeGreaterThan(0);
    const before = await fraction();
    expect(before).toBeLessThan(1);
    await expect.poll(fraction).toBeGreaterThan(before);
    expect(await page.getByRole("button", { name: "Upload CSV" }).isDisabled()).toBe(true);
    await limit(-1);
    const rows = new Intl.NumberFormat("en").format(60 * sessions.length);
    await page.getByText(`Loaded ${rows} rows of 60 tickers.`).waitFor();
    await bar.waitFor({ state: "detached" });
    await rowOf(page, "T59").waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    for (let ticker = 0; ticker < 60; ticker += 1) {
      await service.client.procedures.deletePrices.mutate({ ticker: `T${ticker}` });
    }
    expect(faultsOf(problems)).toEqual([]);
  });

  it("says why it refuses a file", async () => {
    await using opened = await service.visit(open, "/prices");
    const { page, problems } = opened;
    await upload(page, "date,ticker,close,adj_close\n2024-01-02,QQQ,ten,9\n");
    await page.getByRole("alert").filter({ hasText: "ten" }).waitFor();
    expect(faultsOf(problems).filter((problem) => !problem.includes("422"))).toEqual([]);
  });

  it("shows the age of prices in sessions, sessions without a price, and what else is odd", async () => {
    await using opened = await service.visit(open, "/prices");
    const { page, problems } = opened;
    await upload(page, fileOf(sessions), "SPY");
    await page.getByText(/^Loaded \d+ rows of 1 tickers\.$/).waitFor();
    // Ends four sessions early, and lacks eight sessions and the price of one more.
    const holed = [...sessions.slice(0, 50), ...sessions.slice(58, -4)];
    const rows = [...rowsOf("HOLED", holed), ...rowsOf("SPY", sessions)];
    rows[100] = `${holed[100]},HOLED,,`;
    await upload(page, ["date,ticker,close,adj_close", ...rows].join("\n"));
    await rowOf(page, "HOLED").waitFor();
    const { prices } = await service.client.procedures.listPrices.query({});
    const [kept, whole] = ["HOLED", "SPY"].map((ticker) => prices.find((held) => held.ticker === ticker)!);
    // The newest session may have ended while this test ran.
    expect(kept!.sessions_behind - whole!.sessions_behind).toBe(4);
    expect(await cellsOf(table(page, "Prices"))).toEqual([
      [
        "HOLED",
        day(holed[0]!),
        day(holed.at(-1)!),
        `⚠ ${kept!.sessions_behind} sessions behind`,
        String(holed.length - 1),
        "prices.csv",
        "XNYS",
        "2",
        "1",
      ],
      [
        "SPY",
        day(sessions[0]!),
        day(sessions.at(-1)!),
        whole!.sessions_behind === 0 ? "current" : expect.stringContaining("behind"),
        String(sessions.length),
        "prices.csv",
        "XNYS",
        "0",
        "0",
      ],
    ]);
    expect(await seriousFaults(page)).toEqual([]);
    await page.getByRole("link", { name: "HOLED" }).click();
    await page.getByRole("heading", { level: 1, name: "HOLED" }).waitFor();
    const remarks = page.getByRole("region", { name: "Remarks" }).getByRole("listitem");
    await remarks.filter({ hasText: `no prices for 8 sessions between ${sessions[49]} and ${sessions[58]}` }).waitFor();
    await remarks.filter({ hasText: `the file has no price on ${holed[100]}` }).waitFor();
    await page.getByRole("region", { name: "Stored" }).getByText(`${kept!.sessions_behind} sessions behind`).waitFor();
    expect(faultsOf(problems)).toEqual([]);
  });

  it("draws the curve of a ticker, to read by keyboard and to save", async () => {
    await using opened = await service.visit(open, "/prices/SPY");
    const { page, problems } = opened;
    const figure = page.getByRole("figure", { name: "Adjusted close" });
    await figure.locator("canvas").first().waitFor();
    await figure.getByText(`from ${day(sessions[0]!)} to ${day(sessions.at(-1)!)}`).waitFor();
    const [last, before] = [sessions.length - 1, sessions.length - 2];
    await figure.getByText(`Adjusted close ${(100 + last).toFixed(2)}`).waitFor();
    await figure.getByRole("application").focus();
    await page.keyboard.press("ArrowLeft");
    await figure
      .locator("strong")
      .filter({ hasText: day(sessions[before]!) })
      .waitFor();
    await figure.getByText(`Adjusted close ${(100 + before).toFixed(2)}`).waitFor();
    expect(await savedBy(figure.getByRole("button", { name: "CSV: Adjusted close" }))).toEqual([
      ["date", "Adjusted close"],
      ...sessions.map((session, index) => [session, String(100 + index)]),
    ]);
    await page.getByText("Nothing is odd about these prices.").waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    expect(faultsOf(problems)).toEqual([]);
  });

  it("refreshes all tickers or one, and shows the outcome for each", async () => {
    await service.client.prices.import({ ticker: "SPY", csv: fileOf(sessions.slice(0, -3)) });
    await writeFile(join(folder, "SPY.csv"), fileOf(sessions.slice(0, -2)));
    await using opened = await service.visit(open, "/prices");
    const { page, problems } = opened;
    await rowOf(page, "SPY")
      .filter({ hasText: day(sessions.at(-4)!) })
      .waitFor();
    await page.getByRole("button", { name: "Refresh", exact: true }).click();
    const refreshed = table(page, "Refreshed");
    await refreshed.waitFor();
    expect((await cellsOf(refreshed)).map((cells) => cells.slice(0, 4))).toEqual([
      ["HOLED", "failed", "files", "0"],
      ["SPY", "replaced", "files", "1"],
    ]);
    await rowOf(page, "SPY")
      .filter({ hasText: day(sessions.at(-3)!) })
      .filter({ hasText: "files" })
      .waitFor();
    expect(await seriousFaults(page)).toEqual([]);

    await rowOf(page, "SPY").getByRole("link").click();
    const figure = page.getByRole("figure", { name: "Adjusted close" });
    await figure.getByText(`to ${day(sessions.at(-3)!)}`).waitFor();
    await writeFile(join(folder, "SPY.csv"), fileOf(sessions));
    await page.getByRole("button", { name: "Refresh", exact: true }).click();
    await refreshed.getByRole("row").filter({ hasText: "replaced" }).filter({ hasText: "2" }).waitFor();
    await figure.getByText(`to ${day(sessions.at(-1)!)}`).waitFor();
    await page.getByRole("button", { name: "Refresh", exact: true }).click();
    await refreshed.getByRole("row").filter({ hasText: "unchanged" }).waitFor();
    // A file that contradicts what is stored changes nothing.
    await writeFile(join(folder, "SPY.csv"), fileOf(sessions.slice(1)));
    await page.getByRole("button", { name: "Refresh", exact: true }).click();
    await refreshed.getByRole("row").filter({ hasText: "refused" }).waitFor();
    expect(faultsOf(problems)).toEqual([]);
  });
});
