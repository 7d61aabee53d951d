import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

const checkout = new URL("../../../../", import.meta.url);
const page = readFileSync(new URL("SECURITY.md", checkout), "utf8");

/** Rows of the table of claims: threat, claim, tests. */
const claims = page
  .slice(page.indexOf("## What is protected"), page.indexOf("## What is not protected"))
  .split("\n")
  .filter((line) => line.startsWith("| "))
  .slice(2)
  .map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

it("SECURITY.md makes claims", () => {
  expect(claims.length).toBeGreaterThan(20);
});

it.each(claims)("SECURITY.md names tests for: %s", (_threat, claim, shown) => {
  expect(claim).not.toBe("");
  const files = Array.from(shown!.matchAll(/\[[^\]]+\]\(([^)]+)\)/g), ([, file]) => String(file));
  expect(files).not.toEqual([]);
  expect(files.filter((file) => !existsSync(new URL(file, checkout)))).toEqual([]);
  for (const file of files.filter((name) => name.endsWith(".ts"))) {
    expect(file).toMatch(/\.test\.ts$/);
    expect(readFileSync(new URL(file, checkout), "utf8")).toMatch(/\b(?:it|test)\b/);
  }
});
