import { expect, it } from "vitest";
import { type Decided, holdingsOf } from "./holdings-of.ts";

function decided(decision: Decided["decision"], previous: Decided["previous"]): Decided {
  return {
    schedule_id: 1,
    name: "by month",
    execution_id: 1,
    decision,
    previous,
    turnover: 0,
    changed: false,
    because: null,
    decided_on: null,
    traded_on: null,
    prices_until: null,
  };
}

it("shows what is held and what was, the largest first", () => {
  const previous = { weights: { TLT: 0.5, SPY: 0.5, GLD: 0 }, mode: "defensive" };
  expect(holdingsOf(decided({ weights: { QQQ: 0.25, SPY: 0.75, BIL: 0 }, mode: null }, previous))).toEqual([
    { asset: "SPY", weight: 0.75, before: 0.5 },
    { asset: "QQQ", weight: 0.25, before: 0 },
    { asset: "TLT", weight: 0, before: 0.5 },
  ]);
});

it("knows nothing of a time before the first decision", () => {
  expect(holdingsOf(decided({ weights: { SPY: 1 }, mode: null }, null))).toEqual([
    { asset: "SPY", weight: 1, before: null },
  ]);
});

it("reads a signal as all or nothing", () => {
  const long = { signal: "long", symbol: "SPY" };
  const cash = { signal: "cash", symbol: "SPY" };
  expect(holdingsOf(decided(long, cash))).toEqual([{ asset: "SPY", weight: 1, before: 0 }]);
  expect(holdingsOf(decided(cash, long))).toEqual([{ asset: "SPY", weight: 0, before: 1 }]);
  expect(holdingsOf(decided(cash, null))).toEqual([]);
});
