import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { strategyPages } from "./strategy-pages.ts";

const folder = new URL("../../../../docs/strategies/", import.meta.url);

it("the pages of docs/strategies are those of the definitions: npm run docs:strategies writes them", () => {
  expect(readdirSync(folder).toSorted()).toEqual([...strategyPages().keys()].toSorted());
  for (const [file, text] of strategyPages()) {
    expect({ file, text: readFileSync(new URL(file, folder), "utf8") }).toEqual({ file, text });
  }
});

it("every page names the file of its rules", () => {
  for (const [file, text] of strategyPages()) {
    if (file === "README.md") continue;
    const [, path] = /\]\((\.\.\/\.\.\/packages[^)]+)\)/.exec(text)!;
    expect({ path, exists: existsSync(new URL(path!, folder)) }).toEqual({ path, exists: true });
  }
});
