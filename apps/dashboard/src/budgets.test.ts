import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";

const assets = fileURLToPath(new URL("../dist/assets/", import.meta.url));
const sizes = new Map<string, number>();

beforeAll(() => {
  // `npm test` builds the pages before it begins.
  for (const name of readdirSync(assets)) {
    if (/\.(js|css)$/.test(name)) sizes.set(name, gzipSync(readFileSync(assets + name)).length);
  }
});

/** Files that a chunk needs before it runs. */
function importsOf(name: string, seen = new Set<string>()): Set<string> {
  if (seen.has(name)) return seen;
  seen.add(name);
  const text = readFileSync(assets + name, "utf8");
  for (const [, imported] of text.matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g)) importsOf(imported!, seen);
  return seen;
}

const find = (beginning: string): string => [...sizes.keys()].find((name) => name.startsWith(`${beginning}-`))!;
const sum = (names: Iterable<string>): number =>
  [...names].reduce((total, name) => total + (sizes.get(name) ?? 0), 0) / 1_000;

describe("what a reader loads, compressed", () => {
  it("is at most 150 kB of scripts at first, one language included", () => {
    const first = importsOf(find("index"));
    for (const language of ["en", "ko"]) expect(sum(new Set([...first, find(language)]))).toBeLessThanOrEqual(150);
  });

  it("is at most 65 kB more for charts", () => {
    expect([...importsOf(find("index"))]).not.toContain(find("charts"));
    expect(sum([find("charts")])).toBeLessThanOrEqual(65);
  });

  it("is neither charts nor other pages for the list of executions, and no charts for pages without curves", () => {
    const list = [...importsOf(find("executions"))];
    for (const other of ["pages", "figures", "charts"]) expect(list).not.toContain(find(other));
    const pages = [...importsOf(find("pages"))];
    for (const other of ["figures", "charts"]) expect(pages).not.toContain(find(other));
  });

  it("is at most 12 kB of style sheets, and 260 kB as a whole", () => {
    const names = [...sizes.keys()];
    expect(sum(names.filter((name) => name.endsWith(".css")))).toBeLessThanOrEqual(12);
    // Nobody loads both languages.
    expect(sum(names.filter((name) => !name.startsWith("en-")))).toBeLessThanOrEqual(260);
  });

  it("contains no zod and no code of the server", () => {
    for (const name of sizes.keys()) {
      const text = readFileSync(assets + name, "utf8");
      expect(text).not.toMatch(/ZodError|ZodType|drizzle|node:(fs|http|crypto)/);
    }
  });
});
