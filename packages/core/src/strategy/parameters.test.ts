import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parametersJsonSchema, parseParameters } from "./parameters.ts";
import { boldAssetAllocation } from "../strategies/bold-asset-allocation.ts";
import { movingAverageCrossover } from "../strategies/moving-average-crossover.ts";

const refusal = (raw: unknown, strategy = boldAssetAllocation) => {
  const parsed = parseParameters(strategy, raw);
  return parsed.ok ? undefined : parsed.message;
};

describe("parameters that parse", () => {
  it.each([undefined, null, {}])("take their defaults: %j", (raw) => {
    expect(parseParameters(boldAssetAllocation, raw)).toEqual({
      ok: true,
      parameters: {
        variant: "BAA-G12",
        initial_capital: 100_000,
        use_real_data: false,
        fill: "same_close",
        cost_bps: 0,
        seed: 1,
      },
    });
    expect(parseParameters(movingAverageCrossover, raw)).toEqual({
      ok: true,
      parameters: {
        short_window: 20,
        long_window: 50,
        symbol: "SPY",
        initial_capital: 100_000,
        use_real_data: false,
        fill: "next_close",
        cost_bps: 0,
        seed: 1,
      },
    });
  });

  it("keep what was given", () => {
    const given = {
      variant: "BAA-G4/T2",
      initial_capital: 0.5,
      use_real_data: true,
      start_date: "2010-01-31",
      end_date: "2010-01-31",
      fill: "next_close",
      cost_bps: 9999.5,
      seed: -7,
    };
    expect(parseParameters(boldAssetAllocation, given)).toEqual({ ok: true, parameters: given });
  });
});

describe("the message for parameters that do not", () => {
  const available = "Available variants: BAA-G12, BAA-G4, BAA-G12/T3, BAA-G4/T2, BAA-SPY";

  it.each([
    [{ variant: "INVALID" }, `Unknown variant: INVALID. ${available}`],
    [{ variant: "" }, `Unknown variant: "". ${available}`],
    [{ variant: "a\nb" }, `Unknown variant: "a\\nb". ${available}`],
    [{ variant: 4 }, `Unknown variant: 4. ${available}`],
    [{ variant: null }, `Unknown variant: null. ${available}`],
    [{ variant: ["BAA-G4"] }, `Unknown variant: ["BAA-G4"]. ${available}`],
    [{ variant: "x".repeat(5000) }, `Unknown variant: ${"x".repeat(79)}…. ${available}`],
    [{ fill: "open" }, "Unknown fill: open. Available fills: same_close, next_close, next_open"],
    [{ initial_capital: 0 }, "Invalid initial_capital: 0. Too small: expected number to be >0"],
    [{ initial_capital: "100" }, 'Invalid initial_capital: "100". Expected number, received string'],
    [{ initial_capital: Infinity }, /^Invalid initial_capital: /],
    [{ use_real_data: "true" }, 'Invalid use_real_data: "true". Expected boolean, received string'],
    [{ cost_bps: -1 }, "Invalid cost_bps: -1. Too small: expected number to be >=0"],
    [{ cost_bps: 10_000 }, "Invalid cost_bps: 10000. Too big: expected number to be <10000"],
    [{ seed: 1.5 }, /^Invalid seed: 1\.5\. Expected int/],
    [{ start_date: "2010-02-30" }, 'Invalid start_date: "2010-02-30". Invalid ISO date'],
    [{ end_date: {} }, "Invalid end_date: {}. Expected string, received object"],
    [
      { start_date: "2010-02-02", end_date: "2010-02-01" },
      'Invalid start_date: "2010-02-02". Must not be after end_date',
    ],
    [[1, 2], "Invalid parameters: [1,2]. Expected object, received array"],
    ["all", 'Invalid parameters: "all". Expected object, received string'],
  ])("%j", (raw, message) => {
    if (message instanceof RegExp) expect(refusal(raw)).toMatch(message);
    else expect(refusal(raw)).toBe(message);
  });

  it("names every field at fault", () => {
    expect(refusal({ variant: "X", cost_bps: -1 })).toBe(
      `Unknown variant: X. ${available}. Invalid cost_bps: -1. Too small: expected number to be >=0`,
    );
  });

  it("names unknown parameters and the known ones", () => {
    const known =
      "Known parameters: variant, initial_capital, use_real_data, start_date, end_date, prices_until, fill, cost_bps, seed, " +
      "benchmark, risk_free";
    expect(refusal({ varient: "BAA-G4" })).toBe(`Unknown parameter: varient. ${known}`);
    expect(refusal(JSON.parse('{"a": 1, "__proto__": 2}'))).toBe(`Unknown parameters: a, __proto__. ${known}`);
  });

  it("covers the crossover's own parameters", () => {
    const message = (raw: unknown) => refusal(raw, movingAverageCrossover);
    expect(message({ short_window: 50 })).toBe("Invalid short_window: 50. Must be less than long_window");
    expect(message({ long_window: 10 })).toBe("Invalid short_window: 20 (default). Must be less than long_window");
    expect(message({ short_window: 0 })).toMatch(/^Invalid short_window: 0\. /);
    expect(message({ symbol: "" })).toBe('Invalid symbol: "". Expected a ticker');
    for (const symbol of ["\ud800", "SP\0Y", "=A1", "A\u200bB", "A,B"]) {
      expect(message({ symbol })).toBe(`Invalid symbol: ${JSON.stringify(symbol)}. Expected a ticker`);
    }
    expect(message({ symbol: "S P Y" })).toBe('Invalid symbol: "S P Y". Expected a ticker');
  });

  it("is short and without control characters for any JSON", () => {
    const fields = fc.constantFrom("variant", "fill", "initial_capital", "start_date", "seed", "nonsense");
    fc.assert(
      fc.property(fields, fc.jsonValue(), (field, value) => {
        const message = refusal({ [field]: value }) ?? "";
        expect(message.length).toBeLessThan(400);
        expect(message).not.toMatch(/\p{Cc}/u);
      }),
    );
  });
});

it("says so when a rule of the strategy throws", () => {
  const parameters = movingAverageCrossover.parameters.refine(() => {
    throw new RangeError("no idea");
  });
  const parsed = parseParameters({ parameters }, {});
  expect(parsed).toEqual({ ok: false, message: "The parameters cannot be checked: no idea" });
});

it("has a JSON Schema with a description and, if any, the default of each parameter", () => {
  const { properties, additionalProperties } = parametersJsonSchema(movingAverageCrossover);
  expect(additionalProperties).toBe(false);
  expect(Object.keys(properties!)).toEqual(
    Object.keys(properties!).filter((name) => (properties![name] as { description?: string }).description),
  );
  expect(properties).toMatchObject({
    short_window: { type: "integer", default: 20 },
    symbol: { type: "string", default: "SPY" },
    start_date: { type: "string", format: "date" },
    fill: { enum: ["same_close", "next_close", "next_open"], default: "next_close" },
  });
});
