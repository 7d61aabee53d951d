import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { operationsPage } from "./operations-page.ts";

it("docs/operations.md lists every route", () => {
  const page = readFileSync(new URL("../../../../docs/operations.md", import.meta.url), "utf8");
  // The formatter pads the columns.
  expect(cells(page), "docs/operations.md is stale: run `npm run docs:operations`").toEqual(cells(operationsPage()));
});

function cells(page: string): string[] {
  return page.split("\n").map((line) => line.replaceAll(/\s*\|\s*/g, "|").replaceAll(/-{3,}/g, "-"));
}
