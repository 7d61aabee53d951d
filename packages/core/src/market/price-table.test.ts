import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { toDay } from "./calendar.ts";
import { fingerprint, type PriceSeries, priceTable } from "./price-table.ts";

const source = { kind: "stored", origins: {} } as const;
const series = (ticker: string, closes: Record<string, number>): PriceSeries => ({
  ticker,
  days: Object.keys(closes),
  closes: Float64Array.from(Object.values(closes)),
});

const gappy = [
  series("A", { "2024-01-02": 10, "2024-01-03": 11, "2024-01-05": 12, "2024-01-08": 13 }),
  series("B", { "2024-01-03": 20, "2024-01-04": 21, "2024-01-05": 22 }),
];

describe("priceTable", () => {
  it("aligns tickers on the union of their days and repeats a close over a missing day", () => {
    const table = priceTable(gappy, source);
    const days = ["2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05", "2024-01-08"];
    expect([...table.days]).toEqual(days.map(toDay));
    expect(table.tickers).toEqual(["A", "B"]);
    expect([...table.closes[0]!]).toEqual([10, 11, 11, 12, 13]);
    expect([...table.closes[1]!]).toEqual([NaN, 20, 21, 22, NaN]);
    expect(table.firstRows).toEqual([0, 1]);
    expect(table.lastRows).toEqual([4, 3]);
  });

  it("takes day numbers as well as ISO days", () => {
    const numbered = gappy.map((one) => ({ ...one, days: Int32Array.from(one.days as string[], toDay) }));
    expect(priceTable(numbered, source)).toEqual(priceTable(gappy, source));
  });

  it("is empty without series", () => {
    expect(priceTable([], source)).toMatchObject({ tickers: [], closes: [] });
    expect(priceTable([], source).days).toHaveLength(0);
  });

  it("goes to another thread without a copy of its numbers", () => {
    const table = priceTable(gappy, source);
    const clone = structuredClone(table);
    expect(clone).toEqual(table);
    clone.closes[0]![0] = 99;
    expect(table.closes[0]![0]).toBe(99);
  });

  it.each([
    ["no prices", series("A", {})],
    ["2024-01-02 does not follow 2024-01-03", series("A", { "2024-01-03": 1, "2024-01-02": 1 })],
    ["close of 2024-01-03 is not a positive number: 0", series("A", { "2024-01-03": 0 })],
    ["close of 2024-01-03 is not a positive number: NaN", series("A", { "2024-01-03": NaN })],
    ["1 days but 2 closes", { ticker: "A", days: ["2024-01-03"], closes: Float64Array.of(1, 2) }],
  ])("refuses a series with %s", (message, broken) => {
    expect(() => priceTable([broken], source)).toThrow(`A: ${message}`);
  });
});

describe("fingerprint", () => {
  const hashOf = (tables: readonly PriceSeries[], lastRow = 3) => fingerprint(priceTable(tables, source), lastRow);

  it("is the SHA-256 of the documented bytes", () => {
    const bytes = Buffer.concat([
      Buffer.from("4\n"),
      ...["2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05"].map((iso) => int32(toDay(iso))),
      Buffer.from("A 0\n"),
      ...[10, 11, 11, 12].map(float64),
      Buffer.from("B 1\n"),
      ...[20, 21, 22].map(float64),
    ]);
    expect(hashOf(gappy)).toBe(createHash("sha256").update(bytes).digest("hex"));
  });

  it("depends on every price used, not on the order of tickers or on later prices", () => {
    const [a, b] = gappy as [PriceSeries, PriceSeries];
    const changed = { ...a, closes: Float64Array.of(10, 11, 12.000001, 13) };
    const later = { ...a, closes: Float64Array.of(10, 11, 12, 14) };
    expect(hashOf([b, a])).toBe(hashOf([a, b]));
    expect(hashOf([changed, b])).not.toBe(hashOf([a, b]));
    expect(hashOf([later, b])).toBe(hashOf([a, b]));
    expect(hashOf([later, b], 4)).not.toBe(hashOf([a, b], 4));
  });

  function int32(value: number): Buffer {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32LE(value);
    return bytes;
  }

  function float64(value: number): Buffer {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleLE(value);
    return bytes;
  }
});
