import { expect, it } from "vitest";
import { UsageError } from "../connection/failure.ts";
import { readAxes } from "./axes.ts";

const schema = {
  properties: { short_window: { type: "integer" }, cost_bps: { type: "number" }, variant: { type: "string" } },
  additionalProperties: false,
};

it.each([
  ["short_window=5..100", { short_window: { from: 5, to: 100 } }],
  ["short_window=5..100:5", { short_window: { from: 5, to: 100, step: 5 } }],
  ["cost_bps=-0.5..0.5:0.25", { cost_bps: { from: -0.5, to: 0.5, step: 0.25 } }],
  ["short_window=10,20, 50", { short_window: [10, 20, 50] }],
  ["variant=BAA-G12,BAA-G4", { variant: ["BAA-G12", "BAA-G4"] }],
  ["variant=1,2", { variant: ["1", "2"] }],
])("reads %s", (axis, expected) => {
  expect(readAxes([axis], schema)).toEqual(expected);
});

it("refuses no axis, one without values and one misspelt", () => {
  expect(() => readAxes([], schema)).toThrow(UsageError);
  expect(() => readAxes(["short_window="], schema)).toThrow("Give short_window values");
  expect(() => readAxes(["short_windw=1..2"], schema)).toThrow("(Did you mean short_window?)");
});
