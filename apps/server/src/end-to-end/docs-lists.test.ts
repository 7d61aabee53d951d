import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { settingNames } from "../config.ts";

it("docs/configuration.md lists every setting", () => {
  const rows = read("docs/configuration.md").matchAll(/^\| (`[A-Z_]+`(?:, `[A-Z_]+`)*) /gm);
  const documented = Array.from(rows, ([, names]) => Array.from(names!.matchAll(/[A-Z_]+/g), ([name]) => name)).flat();
  expect(documented.toSorted()).toEqual([...settingNames].toSorted());
});

function read(page: string): string {
  return readFileSync(new URL(`../../../../${page}`, import.meta.url), "utf8");
}
