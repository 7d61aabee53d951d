import { expect, it } from "vitest";
import { lengthOf, toAxis } from "./axis.ts";

it.each([
  ["5..100:5", { from: 5, to: 100, step: 5 }, 20],
  ["1..3", { from: 1, to: 3, step: 1 }, 3],
  ["0.1 .. 0.3 : 0.1", { from: 0.1, to: 0.3, step: 0.1 }, 3],
  ["-2..2", { from: -2, to: 2, step: 1 }, 5],
  ["10, 20,40", [10, 20, 40], 3],
  ["BAA-G4, BAA-G12/T3", ["BAA-G4", "BAA-G12/T3"], 2],
  ["true, false", [true, false], 2],
  ["005930, 0, 0.5", ["005930", 0, 0.5], 3],
])("reads %s", (text, axis, length) => {
  expect(toAxis(text)).toEqual(axis);
  expect(lengthOf(toAxis(text)!)).toBe(length);
});

it("is nothing when nothing is typed, and has no values backwards", () => {
  expect(toAxis(" , ")).toBeNull();
  expect(lengthOf({ from: 3, to: 1, step: 1 })).toBe(0);
});
