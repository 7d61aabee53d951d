import { execFileSync } from "node:child_process";
import { builtInStrategies, toStrategyDescription } from "@strategy-executor/core";
import { RE2JS } from "re2js";
import { expect, it } from "vitest";
import { openapiDocument, openapiText } from "./openapi.ts";

/** Every pattern that clients are given: of the OpenAPI document, and of the JSON Schema of each strategy. */
const patterns = [
  ...new Set(
    [JSON.parse(openapiText(openapiDocument())) as unknown, builtInStrategies.map(toStrategyDescription)].flatMap(
      patternsIn,
    ),
  ),
];

/** Right answers that clients which check them must accept, and what they may refuse. */
const samples = [
  "SPY",
  "DBC",
  "BTC-USD",
  "^GSPC",
  "005930.KS",
  "삼성전자",
  "2024-02-29",
  "16:30",
  "a",
  "",
  " ",
  "a b",
  "\n",
  "\0",
];

it("are there", () => {
  expect(patterns.length).toBeGreaterThan(5);
});

it.each(patterns)("%s is read alike by ECMAScript with and without flags, and by RE2", (pattern) => {
  const re2 = RE2JS.compile(pattern);
  for (const sample of samples) {
    const accepted = new RegExp(pattern).test(sample);
    expect([sample, new RegExp(pattern, "u").test(sample)]).toEqual([sample, accepted]);
    expect([sample, new RegExp(pattern, "v").test(sample)]).toEqual([sample, accepted]);
    expect([sample, re2.matcher(sample).find()]).toEqual([sample, accepted]);
  }
});

it.each(patterns)("%s uses nothing that .NET, Java or Python write otherwise", (pattern) => {
  // Classes, groups, alternatives, counts, \d \s \w and their opposites, escaped marks, \xhh.
  const token = /\\(?:[dDsSwW]|x[0-9a-f]{2}|[^\w\s])|\(\?:|\[\^?|[^\\]/gy;
  expect(pattern.match(token)?.join("")).toBe(pattern);
  expect(pattern).not.toMatch(/\(\?[^:]|[+*?}][+]|\[\[|&&|--/);
});

const hasPython = (() => {
  try {
    execFileSync("python3", ["-c", ""]);
    return true;
  } catch {
    return false;
  }
})();

it.skipIf(!hasPython)("are read alike by Python (skipped where there is no python3)", () => {
  const program =
    "import json, re, sys; p, s = json.load(sys.stdin); print(json.dumps([[re.search(x, t) is not None for t in s] for x in p]))";
  // `$` of Python also matches before a line break at the end.
  const texts = samples.filter((sample) => sample !== "\n");
  const found = execFileSync("python3", ["-c", program], { input: JSON.stringify([patterns, texts]) });
  expect(JSON.parse(String(found))).toEqual(
    patterns.map((pattern) => texts.map((sample) => new RegExp(pattern).test(sample))),
  );
});

function patternsIn(schema: unknown): string[] {
  if (typeof schema !== "object" || schema === null) return [];
  return Object.entries(schema).flatMap(([name, value]) =>
    name === "pattern" && typeof value === "string" ? value : patternsIn(value),
  );
}
