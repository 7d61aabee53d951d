import { expect, it } from "vitest";
import { toDay } from "./calendar.ts";
import { dataSeries } from "./data-series.ts";

it("a value is known on its own day unless another is given", () => {
  const { name, days, knownOn, values } = dataSeries("UNRATE", [
    { day: "2024-01-01", value: 3.7 },
    { day: "2024-02-01", value: 3.9, knownOn: "2024-03-08" },
  ]);
  expect([name, [...days], [...knownOn], [...values]]).toEqual([
    "UNRATE",
    [toDay("2024-01-01"), toDay("2024-02-01")],
    [toDay("2024-01-01"), toDay("2024-03-08")],
    [3.7, 3.9],
  ]);
});

it("refuses days that do not ascend and what is no number", () => {
  const twice = ["2024-01-01", "2024-01-01"].map((day) => ({ day, value: 1 }));
  expect(() => dataSeries("X", twice)).toThrow("X: 2024-01-01 does not follow 2024-01-01");
  expect(() => dataSeries("X", [{ day: "2024-01-01", value: NaN }])).toThrow("X: value of 2024-01-01 is not a number");
});
