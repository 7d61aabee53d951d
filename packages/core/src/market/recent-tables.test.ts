import { expect, it } from "vitest";
import { RecentTables } from "./recent-tables.ts";
import { syntheticMarket } from "./synthetic-market.ts";

const table = syntheticMarket(["SPY"], 1);

/** Asks for the keys in turn, as a sweep does. Returns how many tables had to be made. */
function ask(recent: RecentTables, keys: readonly (string | number)[]): number {
  return keys.filter((key) => {
    const isMissing = recent.get(`${key}`) === undefined;
    if (isMissing) recent.add(`${key}`, { ...table });
    return isMissing;
  }).length;
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

it("makes a table twice when up to 16 come in turn", () => {
  const recent = new RecentTables();
  const rounds = upTo(10).flatMap(() => upTo(16));
  expect(ask(recent, rounds)).toBe(2 * 16);
});

it("keeps those used last of more than 16", () => {
  const recent = new RecentTables();
  for (const key of upTo(17)) ask(recent, [key, key]);
  expect(upTo(17).filter((key) => recent.get(`${key}`) === undefined)).toEqual([0]);
  ask(recent, [1, "new", "new"]);
  expect(recent.get("2")).toBeUndefined();
  expect(recent.get("1")).toBeDefined();
});

it("keeps no table that comes once, and none in exchange for it", () => {
  const recent = new RecentTables();
  ask(recent, ["a", "a"]);
  expect(ask(recent, upTo(400))).toBe(400);
  expect(ask(recent, ["a"])).toBe(0);
  expect(ask(recent, upTo(400))).toBe(400);
});
