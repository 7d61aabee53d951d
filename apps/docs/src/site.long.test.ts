import { execFile } from "node:child_process";
import { once } from "node:events";
import { existsSync, globSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { describeInChromium } from "@strategy-executor/docs-page/testing";
import sirv from "sirv";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { navigated } from "./navigation.ts";
import { koreanOf, pages, placeOf } from "./pages.ts";

const app = fileURLToPath(new URL("..", import.meta.url));
const stack = new AsyncDisposableStack();
let folder: string;
let address: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "strategy-executor-site-"));
  stack.defer(() => rm(folder, { recursive: true }));
  const vitepress = join(dirname(fileURLToPath(import.meta.resolve("vitepress/package.json"))), "bin/vitepress.js");
  await promisify(execFile)(process.execPath, [vitepress, "build", "--outDir", folder], { cwd: app });

  const server = createServer(sirv(folder)).listen(0, "127.0.0.1");
  await once(server, "listening");
  stack.defer(async () => {
    server.closeAllConnections();
    await promisify(server.close.bind(server))();
  });
  address = `http://localhost:${(server.address() as AddressInfo).port}`;
}, 300_000);
afterAll(() => stack.disposeAsync());

describe("the site", () => {
  it("has every page, and each is in the navigation", () => {
    const built = globSync("**/*.html", { cwd: folder }).filter((file) => file !== "404.html");
    expect(built.toSorted()).toEqual(pages.map((page) => placeOf(page).replace(/\.md$/, ".html")).toSorted());
    const english = pages.filter((page) => !page.endsWith(".ko.md"));
    expect([...new Set(navigated)].toSorted()).toEqual(english);
  });

  it("has no broken link", () => {
    const broken = globSync("**/*.html", { cwd: folder }).flatMap((file) =>
      referencesOf(file)
        .filter((reference) => !isThere(file, reference))
        .map((reference) => `${file}: ${reference}`),
    );
    expect(broken).toEqual([]);
  });

  it("shows the files of the repository that its pages link to", async () => {
    const source = await fetch(`${address}/files/apps/server/schema.graphql.txt`);
    expect(source.headers.get("content-type")).toContain("text/plain");
    expect(await source.text()).toContain("type Query");
  });

  it("can be searched in both languages", async () => {
    const [korean, english] = [
      pages.filter((page) => page.endsWith(".ko.md")),
      pages.filter((page) => !page.endsWith(".ko.md")),
    ];
    expect(await searched("root")).toEqual(english.map(addressOf).toSorted());
    expect(await searched("ko")).toEqual(korean.map(addressOf).toSorted());
  });
});

describeInChromium("the site", (open) => {
  it("opens a page, finds another one and goes there", async () => {
    await using opened = await open(`${address}/`);
    const { page, problems } = opened;
    await page.getByRole("button", { name: "Search" }).first().click();
    await page.getByRole("searchbox").fill("unemployment rate");
    await page.getByRole("option").filter({ hasText: "Data series" }).first().click();
    await page.waitForURL(`${address}/prices.html#data-series`);
    await page.getByRole("heading", { level: 1 }).filter({ hasText: "Prices" }).waitFor();
    expect(problems).toEqual([]);
  });

  it("changes the language of a page, and searches in Korean", async () => {
    await using opened = await open(`${address}/schedules.html`);
    const { page, problems } = opened;
    await page.getByRole("button", { name: "Change language" }).click();
    await page.getByRole("link", { name: "한국어" }).first().click();
    await page.waitForURL(`${address}/ko/schedules.html`);
    await page.getByRole("button", { name: "검색" }).first().click();
    await page.getByRole("searchbox").fill("메일");
    await page.getByRole("option").filter({ hasText: "메일" }).first().click();
    await page.waitForURL(new RegExp(`^${address}/ko/notifications.html`));
    expect(await page.locator("html").getAttribute("lang")).toBe("ko");
    expect(problems).toEqual([]);
  });

  it("leads from a page without a translation to the first Korean page", async () => {
    await using opened = await open(`${address}/scaling.html`);
    const { page, problems } = opened;
    await page.getByRole("button", { name: "Change language" }).click();
    await page.getByRole("link", { name: "한국어" }).first().click();
    await page.waitForURL(`${address}/ko/`);
    expect(koreanOf("docs/scaling.md")).toBeUndefined();
    expect(problems).toEqual([]);
  });
});

function addressOf(page: string): string {
  return `/${placeOf(page)
    .replace(/(^|\/)index\.md$/, "$1")
    .replace(/\.md$/, ".html")}`;
}

/** What a built page loads or links to on this site. */
function referencesOf(file: string): string[] {
  const references = read(file).matchAll(/ (?:href|src)="([^"]+)"/g);
  return Array.from(references, ([, reference]) => reference!.replaceAll("&amp;", "&")).filter(
    (reference) => !/^(?:[a-z]+:|\/\/)/i.test(reference),
  );
}

function isThere(file: string, reference: string): boolean {
  const { pathname, hash } = new URL(reference, `http://site/${file}`);
  const target = decodeURIComponent(pathname)
    .slice(1)
    .replace(/(^|\/)$/, "$1index.html");
  if (!existsSync(join(folder, target))) return false;
  return hash === "" || read(target).includes(` id="${decodeURIComponent(hash.slice(1))}"`);
}

function read(file: string): string {
  return readFileSync(join(folder, file), "utf8");
}

/** The addresses of the pages that the search of a language knows. */
async function searched(locale: string): Promise<string[]> {
  const [index] = globSync(`assets/chunks/@localSearchIndex${locale}.*.js`, { cwd: folder });
  const module = (await import(pathToFileURL(join(folder, index!)).href)) as { default: string };
  const { documentIds } = JSON.parse(module.default) as { documentIds: Record<string, string> };
  return [...new Set(Object.values(documentIds).map((section) => section.replace(/#.*/, "")))].toSorted();
}
