import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { packCurve, packDoubles, packIntegers, unpackCurve, unpackDoubles, unpackIntegers } from "./byte-planes.ts";

const doubles = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 40 });

describe("byte planes", () => {
  it.each([
    ["doubles", packDoubles, unpackDoubles],
    ["curves", packCurve, unpackCurve],
  ] as const)("give back any %s bit for bit", (_name, pack, unpack) => {
    fc.assert(
      fc.property(doubles, (values) => {
        const given = Float64Array.from(values);
        expect(new Uint8Array(unpack(pack(given)).buffer)).toEqual(new Uint8Array(given.buffer));
      }),
    );
  });

  it("give back integers", () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), (values) => {
        expect([...unpackIntegers(packIntegers(Int32Array.from(values)))]).toEqual(values);
      }),
    );
  });

  it.each([Number.NaN, Infinity, -Infinity])("refuse %d", (value) => {
    expect(() => packCurve(Float64Array.of(1, value))).toThrow(`A series has ${value} at index 1`);
    expect(() => packDoubles(Float64Array.of(value))).toThrow(RangeError);
  });
});
