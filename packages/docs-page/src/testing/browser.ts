import { existsSync } from "node:fs";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, describe } from "vitest";

/** A page in a real browser, with its problems. */
export interface OpenPage extends AsyncDisposable {
  readonly page: Page;
  /** Console errors, violations of the content security policy, requests that failed or went to another host. */
  readonly problems: readonly string[];
}

/** Opens a page in a browser that has no history. The options say what kind of browser: its time zone, its permissions. */
export type Open = (url: string, options?: BrowserContextOptions) => Promise<OpenPage>;

/**
 * Runs the suite in headless Chromium, from `CHROMIUM_PATH` or an installed one. Without Chromium the suite is skipped
 * with a printed reason, or fails if `REQUIRE_CHROMIUM` is 1.
 */
export function describeInChromium(name: string, suite: (open: Open) => void): void {
  const executablePath = findChromium();
  const skipped = executablePath === undefined && process.env.REQUIRE_CHROMIUM !== "1";
  if (skipped) console.warn(`Skipped: ${name} in Chromium. ${missing}`);
  describe.skipIf(skipped)(`${name} in Chromium`, () => {
    let browser: Promise<Browser> | undefined;
    afterAll(async () => (await browser)?.close());
    suite(async (url, options) => openPage(await (browser ??= launch(executablePath)), url, options));
  });
}

const missing = "None was found: install chromium or google-chrome, or set CHROMIUM_PATH.";

function findChromium(): string | undefined {
  const { CHROMIUM_PATH } = process.env;
  if (CHROMIUM_PATH) return CHROMIUM_PATH;
  const installed = [
    ...["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"].map((name) => `/usr/bin/${name}`),
    "/snap/bin/chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
  ];
  return installed.find((path) => existsSync(path));
}

const flags = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

async function launch(executablePath: string | undefined): Promise<Browser> {
  if (executablePath === undefined) throw new Error(`REQUIRE_CHROMIUM is 1. ${missing}`);
  return chromium.launch({ executablePath, args: flags, headless: true, chromiumSandbox: false });
}

async function openPage(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<OpenPage> {
  // A fresh context shares no state with earlier pages.
  const context = await browser.newContext(options);
  try {
    const page = await context.newPage();
    const problems = await watch(page, new URL(url).host);
    await page.goto(url);
    return { page, problems, [Symbol.asyncDispose]: () => context.close() };
  } catch (error) {
    await context.close();
    throw error;
  }
}

async function watch(page: Page, host: string): Promise<string[]> {
  const problems: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => problems.push(`uncaught: ${error.message}`));
  page.on("request", (request) => {
    const { protocol, host: asked } = new URL(request.url());
    if (protocol.startsWith("http") && asked !== host) problems.push(`request to another host: ${request.url()}`);
  });
  page.on("requestfailed", (request) => problems.push(`failed: ${request.url()}: ${request.failure()?.errorText}`));
  page.on("response", (response) => {
    if (response.status() >= 400) problems.push(`status ${response.status()}: ${response.url()}`);
  });
  await page.addInitScript(`addEventListener("securitypolicyviolation", (violation) =>
    console.error("content security policy: " + violation.violatedDirective + " " + violation.blockedURI))`);
  return problems;
}
