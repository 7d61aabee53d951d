import { expect, it } from "vitest";
import { RecentTables } from "./recent-tables.ts";
import { syntheticMarket } from "./synthetic-market.ts";

const table = (seed: number, tickers = 20) =>
  syntheticMarket(
    Array.from({ length: tickers }, (_, index) => `T${index}`),
    seed,
  );
const tableBytes = 20 * 5_479 * 8;

it("keeps the tables used last, up to 4 MB", () => {
  const recent = new RecentTables();
  const fitting = Math.floor(4e6 / tableBytes);
  for (let seed = 1; seed <= fitting; seed += 1) recent.add(`${seed}`, table(seed));
  const first = recent.get("1");
  expect(first).toBeDefined();
  recent.add("new", table(99));
  expect(recent.get("1")).toBe(first);
  expect(recent.get("2")).toBeUndefined();
  expect(recent.get("new")?.source).toEqual({ kind: "synthetic", seed: 99 });
});

it("keeps many small tables, and one that is larger than all others together", () => {
  const recent = new RecentTables();
  for (let seed = 1; seed <= 90; seed += 1) recent.add(`${seed}`, table(seed, 1));
  expect(recent.get("1")).toBeDefined();
  recent.add("large", table(1, 100));
  expect(recent.get("1")).toBeUndefined();
  expect(recent.get("90")).toBeUndefined();
  expect(recent.get("large")).toBeDefined();
});
