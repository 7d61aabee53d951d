import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Browser, chromium } from "playwright-core";
import { seed } from "./seed.ts";
import { startService } from "./service.ts";
import { viewsOf } from "./views.ts";

/** `npm run screenshots -- [--to FOLDER] [--only NAME,NAME] [--looks LOOK,LOOK] [--docs FOLDER]`: photographs every page in each look. */
const { values } = parseArgs({
  options: {
    to: { type: "string", default: "screenshots" },
    only: { type: "string" },
    looks: { type: "string" },
    /** The few that the documentation shows. */
    docs: { type: "string" },
  },
});

interface Look {
  readonly language: "en" | "ko";
  readonly theme: "light" | "dark";
  readonly width: number;
}

const looks: readonly Look[] = (["en", "ko"] as const).flatMap((language) =>
  (["light", "dark"] as const).flatMap((theme) => [1_280, 390].map((width) => ({ language, theme, width }))),
);

/** What the documentation shows, and how much of the page. */
const documented: Readonly<Record<string, number>> = { execution: 980, compare: 900, sweep: 900, executions: 700 };

await using service = await startService();
await using browser = await launch();
if (values.docs === undefined) {
  await photograph("/", "overview-empty", values.to);
}
await using made = await seed(service.url);
const views = Object.entries(viewsOf(made));
if (values.docs === undefined) {
  const wanted = values.only?.split(",");
  for (const [name, path] of views)
    if (wanted === undefined || wanted.includes(name)) await photograph(path, name, values.to);
} else {
  await mkdir(values.docs, { recursive: true });
  for (const [name, path] of views) {
    const height = documented[name];
    if (height !== undefined) {
      await take(
        path,
        join(values.docs, `dashboard-${name}.png`),
        { language: "en", theme: "light", width: 1_280 },
        height,
      );
    }
  }
}

/** A page in every look. */
async function photograph(path: string, name: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const look of looks) {
    const wanted = `${look.language}-${look.theme}-${look.width}`;
    if (values.looks !== undefined && !values.looks.split(",").includes(wanted)) continue;
    await take(path, join(folder, `${name}-${wanted}.png`), look);
  }
  console.log(name);
}

async function take(path: string, file: string, { language, theme, width }: Look, height?: number): Promise<void> {
  const context = await browser.newContext({
    viewport: { width, height: height ?? 800 },
    colorScheme: theme,
    locale: language === "ko" ? "ko-KR" : "en-US",
    timezoneId: language === "ko" ? "Asia/Seoul" : "America/New_York",
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  page.on("pageerror", (error) => console.log(`${file}: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") console.log(`${file}: ${message.text()}`);
  });
  await page.goto(`${service.url}/ui${path}`);
  await page.locator("h1").waitFor();
  // A page of what runs goes on showing the shape of what will be there.
  const loading = page.locator("[data-loading]");
  for (let tries = 0; tries < (file.includes("running") ? 1 : 60) && (await loading.count()) > 0; tries += 1) {
    await page.waitForTimeout(250);
  }
  // Charts are drawn in the next frame.
  await page.waitForTimeout(300);
  const wide = await page.evaluate<number>("document.documentElement.scrollWidth");
  if (wide > width) console.log(`${file}: ${wide} pixels wide`);
  await page.screenshot({ path: file, fullPage: height === undefined });
  await context.close();
}

async function launch(): Promise<Browser & AsyncDisposable> {
  return chromium.launch({
    executablePath: process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium",
    args: ["--disable-gpu", "--hide-scrollbars"],
    chromiumSandbox: false,
  });
}
