import fc from "fast-check";
import { expect, it } from "vitest";
import type { Fill } from "../strategy/strategy.ts";
import { averageHoldingDays, tradesOf, winRate } from "./trades.ts";

const fill = (filledOn: string, cost: number, orders: Fill["orders"]): Fill => {
  return { decidedOn: filledOn, filledOn, value: 0, traded: 0, cost, orders };
};

const fills = [
  fill("2024-01-02", 0, [
    { ticker: "A", quantity: 10, price: 10 },
    { ticker: "B", quantity: 5, price: 20 },
  ]),
  // B is halved, A grows; the cost of 3 is shared by value: 1 for A's 50, 1 for B's 50, 1 for C's 50.
  fill("2024-01-10", 3, [
    { ticker: "A", quantity: 5, price: 10 },
    { ticker: "B", quantity: -2.5, price: 20 },
    { ticker: "C", quantity: 50, price: 1 },
  ]),
  fill("2024-01-22", 0, [
    { ticker: "A", quantity: -15, price: 12 },
    { ticker: "B", quantity: -2.5, price: 16 },
  ]),
];

it("a trade is a position from its first purchase to its last sale, after its share of the costs", () => {
  expect(tradesOf(fills)).toEqual([
    { ticker: "A", entry: "2024-01-02", entryPrice: 10, exit: "2024-01-22", exitPrice: 12, return: 180 / 151 - 1 },
    { ticker: "B", entry: "2024-01-02", entryPrice: 20, exit: "2024-01-22", exitPrice: 16, return: 89 / 100 - 1 },
    { ticker: "C", entry: "2024-01-10", entryPrice: 1, exit: null, exitPrice: null, return: null },
  ]);
});

it("only closed trades are won or lost, and held for a time", () => {
  expect(winRate(tradesOf(fills))).toBe(0.5);
  expect(averageHoldingDays(tradesOf(fills))).toBe(20);
  expect(winRate(tradesOf(fills.slice(0, 2)))).toBeNull();
  expect(averageHoldingDays([])).toBeNull();
});

it("a position is closed when its orders cancel, whatever rounding leaves", () => {
  const quantity = fc.double({ min: 1e-3, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(fc.array(quantity, { minLength: 2, maxLength: 30 }), (held) => {
      // Held after each fill, and nothing at the end: as an account computes its orders.
      const orders = [...held, 0].map((after, index) => after - (index === 0 ? 0 : held[index - 1]!));
      const trades = tradesOf(
        orders.flatMap((size, day) =>
          size === 0 ? [] : [fill(`2024-01-${10 + day}`, 0, [{ ticker: "A", quantity: size, price: 1 }])],
        ),
      );
      expect(trades).toHaveLength(1);
      expect(trades[0]!.exit).toBe(`2024-01-${10 + held.length}`);
    }),
  );
});
