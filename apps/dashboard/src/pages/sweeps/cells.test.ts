import { expect, it } from "vitest";
import { bestCell, neighboursOf } from "./cells.ts";

const values = [
  [1, 2, null],
  [4, 9, 9],
  [null, 3, -1],
];

it("finds the first of the highest values", () => {
  expect(bestCell(values)).toEqual({ row: 1, column: 1 });
  expect(bestCell([[null]])).toBeNull();
});

it("finds the neighbours that have a value, also at the edge", () => {
  expect(neighboursOf(values, { row: 1, column: 1 })).toEqual([1, 2, 4, 9, 3, -1]);
  expect(neighboursOf(values, { row: 0, column: 0 })).toEqual([2, 4, 9]);
});
