import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { toDay } from "./calendar.ts";
import { dataSeries } from "./data-series.ts";
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

  it("aligns the columns of bars: a day without trading is flat, and one that is not known stays NaN", () => {
    const bars = { open: Float64Array.of(9, NaN, 12, 13), volume: Float64Array.of(100, 200, 300, 400) };
    const table = priceTable([{ ...gappy[0]!, bars }, gappy[1]!], source);
    expect([...table.bars[0]!.open!]).toEqual([9, NaN, 11, 12, 13]);
    expect([...table.bars[0]!.volume!]).toEqual([100, 200, 0, 300, 400]);
    expect(table.bars[0]).not.toHaveProperty("high");
    expect(table.bars[1]).toEqual({});
    expect(() => priceTable([{ ...gappy[0]!, bars: { high: Float64Array.of(1) } }], source)).toThrow(
      "4 days but 1 values of high",
    );
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

  it("covers bars and data series, as far as they are known on the last day", () => {
    const open = Float64Array.of(9, 10, 11, 12);
    const rates = dataSeries("RATE", [
      { day: "2023-12-01", value: 4.5, knownOn: "2024-01-05" },
      { day: "2024-01-01", value: 5, knownOn: "2024-01-06" },
    ]);
    const bytes = Buffer.concat([
      Buffer.from("4\n"),
      ...["2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05"].map((iso) => int32(toDay(iso))),
      Buffer.from("A 0\n"),
      ...[10, 11, 11, 12].map(float64),
      Buffer.from("open\n"),
      ...[9, 10, 11, 11].map(float64),
      Buffer.from("B 1\n"),
      ...[20, 21, 22].map(float64),
      Buffer.from("RATE 1\n"),
      ...["2023-12-01", "2024-01-05"].map((iso) => int32(toDay(iso))),
      float64(4.5),
    ]);
    const table = priceTable([{ ...gappy[0]!, bars: { open } }, gappy[1]!], source, [rates]);
    expect(fingerprint(table, 3)).toBe(createHash("sha256").update(bytes).digest("hex"));
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
