import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UsageError } from "../connection/failure.ts";
import { readAssignments, readObject, readValue } from "./parameters.ts";

const schema = {
  properties: {
    symbol: { type: "string" },
    short_window: { type: "integer" },
    cost_bps: { type: "number" },
    use_real_data: { type: "boolean" },
    variant: { type: "string", enum: ["BAA-G12", "BAA-G4"] },
    tickers: { type: "array", items: { type: "string" } },
    limit: { anyOf: [{ type: "number" }, { type: "null" }] },
    free: {},
  },
  additionalProperties: false,
};

describe("assignments", () => {
  it.each([
    ["symbol=005930", { symbol: "005930" }],
    ["symbol=a=b", { symbol: "a=b" }],
    ["symbol=", { symbol: "" }],
    ["short_window=20", { short_window: 20 }],
    ["short_window=soon", { short_window: "soon" }],
    ["short_window=", { short_window: "" }],
    ["cost_bps=1e1", { cost_bps: 10 }],
    ["use_real_data=true", { use_real_data: true }],
    ["use_real_data=yes", { use_real_data: "yes" }],
    ["variant=BAA-G4", { variant: "BAA-G4" }],
    ["tickers=SPY, 005930", { tickers: ["SPY", "005930"] }],
    ['tickers=["SPY"]', { tickers: ["SPY"] }],
    ["limit=null", { limit: null }],
    ["limit=5", { limit: 5 }],
    ['free={"a":1}', { free: { a: 1 } }],
    ["free=text", { free: "text" }],
    ["unheard_of_entirely=1", { unheard_of_entirely: 1 }],
  ])("reads %s by the schema", (assignment, expected) => {
    expect(readAssignments([assignment], schema)).toEqual(expected);
  });

  it("takes the last of equal names, and refuses what is no assignment or misspelt", () => {
    expect(readAssignments(["short_window=1", "short_window=2"], schema)).toEqual({ short_window: 2 });
    expect(() => readAssignments(["short_window"], schema)).toThrow(UsageError);
    expect(() => readAssignments(["=1"], schema)).toThrow(UsageError);
    expect(() => readAssignments(["shrt_window=1"], schema)).toThrow("(Did you mean short_window?)");
  });

  it("gives back every value that a schema describes", () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.boolean(),
        (text, number, flag) => {
          expect(readValue(text, { type: "string" })).toBe(text);
          expect(readValue(String(number), { type: "number" })).toBe(Number(String(number)));
          expect(readValue(String(flag), { type: "boolean" })).toBe(flag);
        },
      ),
    );
  });

  it("reads objects, and nothing else, where an object is asked for", () => {
    expect(readObject('{"a": 1}', "it")).toEqual({ a: 1 });
    for (const wrong of ["[1]", "null", "1", "{", ""]) expect(() => readObject(wrong, "it")).toThrow(UsageError);
  });
});
