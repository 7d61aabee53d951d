import { expect, it } from "vitest";
import { lengthOf, toAxes, toAxesText, toAxis } from "./axis.ts";

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

it.each([
  [[{ name: "short_window", values: "5..50:5" }], "short_window=5..50:5"],
  [
    [
      { name: "variant", values: "A=1, B" },
      { name: "", values: "" },
    ],
    "variant=A=1, B;=",
  ],
  [[{ name: "", values: "" }], "="],
])("keeps %j in an address", (axes, text) => {
  expect(toAxesText(axes)).toBe(text);
  expect(toAxes(text)).toEqual(axes);
});

it("separates values by commas, whatever was typed, and always leaves an axis to fill in", () => {
  expect(toAxesText([{ name: "a", values: "1; 2" }])).toBe("a=1, 2");
  expect(toAxesText([])).toBe("=");
});
