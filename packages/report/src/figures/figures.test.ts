import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Content, type Element } from "../element/element.ts";
import { toMarkup } from "../element/to-markup.ts";
import { sampleInput } from "../testing/sample-input.ts";
import { formatsOf } from "../texts/formats.ts";
import { heatMap } from "./heat-map.ts";
import { histogram } from "./histogram.ts";
import { lineChart } from "./line-chart.ts";
import { monthlyTable } from "./monthly-table.ts";
import { weightsArea } from "./weights-area.ts";
import { yearlyBars } from "./yearly-bars.ts";

const formats = formatsOf("en");
const day = (index: number) => new Date(Date.UTC(2015, 0, 1 + index)).toISOString().slice(0, 10);
const curve = (values: readonly (number | null)[], others = {}) => {
  return {
    label: "A",
    name: "account",
    colour: "#000000",
    dates: values.map((_, index) => day(index)),
    values,
    ...others,
  };
};
const chartOf = (values: readonly (number | null)[], others = {}) =>
  lineChart({ caption: "Caption", lines: [curve(values)], format: formats.ratio, formats, ...others });

describe("a line chart", () => {
  it("goes up where values go up, from the left to the right", () => {
    const [line] = withClass(chartOf([1, 2, 3]), "line");
    const points = pointsOf(line!.attributes["d"]);
    expect(points.map(([x]) => x)).toEqual(points.map(([x]) => x).toSorted((a, b) => a - b));
    expect(points.map(([, y]) => y)).toEqual(points.map(([, y]) => y).toSorted((a, b) => b - a));
    expect(points).toHaveLength(3);
  });

  it("is interrupted where there are no values", () => {
    const [line] = withClass(chartOf([1, 2, null, 3, 4]), "line");
    expect(String(line!.attributes["d"]).match(/M/g)).toHaveLength(2);
  });

  it("shows powers alike on a logarithmic scale", () => {
    const [line] = withClass(chartOf([1, 10, 100], { scale: "log" }), "line");
    const [a, b, c] = pointsOf(line!.attributes["d"]).map(([, y]) => y) as [number, number, number];
    expect(a - b).toBeCloseTo(b - c, 0);
  });

  it("draws a single value as a dot, and nothing without values", () => {
    expect(withClass(chartOf([5]), "line")[0]!.attributes["stroke-width"]).toBe(6);
    expect(withClass(chartOf([null, null]), "line")).toEqual([]);
  });

  it("has numbers everywhere, whatever the values", () => {
    const values = fc.array(fc.oneof(fc.double({ min: -1e12, max: 1e12, noNaN: true }), fc.constant(null)), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(values, (drawn) => {
        expect(toMarkup(chartOf(drawn, { including: 0 }))).not.toMatch(/NaN|Infinity|undefined/);
      }),
      { examples: [[[-5e-324, 5e-324]], [[1e-250, 3e-250]]] },
    );
    fc.assert(
      fc.property(fc.array(fc.double({ min: 1e-6, max: 1e12, noNaN: true }), { maxLength: 60 }), (drawn) => {
        expect(toMarkup(chartOf(drawn, { scale: "log" }))).not.toMatch(/NaN|Infinity|undefined/);
      }),
    );
  });

  it("does not draw more marks of days than there is room for", () => {
    for (const length of [1, 2, 5, 11, 70, 400, 4_000]) {
      const labels = elementsOf(chartOf(Array.from({ length }, (_, index) => index + 1))).filter(
        ({ name, attributes }) => name === "text" && attributes["text-anchor"] === "middle",
      );
      const places = labels.map(({ attributes }) => Number(attributes["x"]));
      expect(labels.length).toBeGreaterThan(0);
      places.slice(1).forEach((x, index) => expect(x - places[index]!).toBeGreaterThan(30));
    }
  });
});

describe("bars of years", () => {
  const years = [
    { year: 2020, return: 0.1, benchmark_return: -0.2, whole: false },
    { year: 2021, return: null, benchmark_return: null, whole: true },
  ];

  it("carry their values, lighter for a part of a year", () => {
    const bars = withData(yearlyBars({ caption: "C", years, account: "A", benchmark: "B", formats }));
    expect(bars.map(({ attributes }) => attributes["data-value"])).toEqual([0.1, -0.2]);
    expect(bars.map(({ attributes }) => attributes["fill-opacity"])).toEqual([0.55, 0.55]);
  });

  it("stand alone without a benchmark", () => {
    expect(withData(yearlyBars({ caption: "C", years, account: "A", benchmark: null, formats }))).toHaveLength(1);
  });
});

describe("the table of months", () => {
  const rows = [
    { year: 2020, months: [0.0149, -0.02, null, 0, ...Array.from({ length: 8 }, () => null)], total: -0.0054 },
  ];

  it("says returns in per cent, gains and losses in colours", () => {
    const table = monthlyTable({ caption: "C", rows, total: "Year", formats });
    const texts = elementsOf(table).flatMap(({ name, children }) => (name === "text" ? children : []));
    expect(texts).toEqual([
      "Jan",
      "Feb",
      "Mar",
      "Apr",
      "May",
      "Jun",
      "Jul",
      "Aug",
      "Sep",
      "Oct",
      "Nov",
      "Dec",
      "Year",
      "2020",
      "1.5",
      "-2.0",
      "0.0",
      "-0.5",
    ]);
    expect([withClass(table, "gain").length, withClass(table, "loss").length]).toEqual([1, 2]);
  });

  it("has the colours of Korean markets in Korean", () => {
    const colourIn = (language: "en" | "ko") =>
      withClass(monthlyTable({ caption: "C", rows, total: "", formats: formatsOf(language) }), "gain")[0]!.attributes[
        "fill"
      ];
    expect(colourIn("en")).not.toBe(colourIn("ko"));
  });
});

describe("a histogram", () => {
  it("counts every value once, gains and losses apart", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -0.9, max: 2, noNaN: true }), { minLength: 1 }), (values) => {
        const bars = withData(histogram({ caption: "C", values, formats }));
        const countOf = (name: string) =>
          bars
            .filter(({ attributes }) => attributes["class"] === name)
            .reduce((sum, { attributes }) => sum + Number(attributes["data-value"]), 0);
        expect(countOf("loss") + countOf("gain")).toBe(values.length);
        // Zero belongs to the bar above it; nearer than a rounding error values are as good as zero.
        expect(countOf("gain")).toBeGreaterThanOrEqual(values.filter((value) => value > 1e-9).length);
        expect(countOf("loss")).toBeGreaterThanOrEqual(values.filter((value) => value < -1e-9).length);
      }),
    );
  });
});

describe("an area of weights", () => {
  it("stacks the heaviest lowest, and leaves cash blank", () => {
    const decisions = [
      { date: "2020-01-01", weights: { B: 0.2, A: 0.5 } },
      { date: "2020-07-01", weights: { B: 0.4 } },
    ];
    const area = weightsArea({ caption: "C", decisions, lastDay: "2021-01-01", others: "Others", formats });
    const layers = withClass(area, "asset").filter(({ name }) => name === "path");
    const names = layers.map(({ children }) => (children[0] as Element).children[0]);
    expect(names).toEqual(["B", "A"]);
    // Down to the axis, and up to 90 of 100 at most.
    const heights = layers.flatMap(({ attributes }) =>
      [...String(attributes["d"]).matchAll(/V([\d.]+)/g)].map(([, y]) => Number(y)),
    );
    expect(Math.min(...heights)).toBeGreaterThan(28 + 0.25 * (216 - 28));
    const [marks] = withClass(area, "decision");
    const places = [...String(marks!.attributes["d"]).matchAll(/M([\d.]+) 23v4/g)].map(([, x]) => Number(x));
    // The second decision is in the middle of the year: 182 of 366 days.
    expect(places).toEqual([52, expect.closeTo(52 + (696 * 182) / 366, 0)]);
  });

  it("stays small when many assets change daily", () => {
    const { decisions, analysis } = sampleInput({ days: 5_300, decideEvery: 1, tickers: 30 });
    const area = weightsArea({ caption: "C", decisions, lastDay: analysis.period.last_day, others: "Others", formats });
    expect(toMarkup(area).length).toBeLessThan(110_000);
    expect(toMarkup(area)).toContain("Others");
    const marks = String(withClass(area, "decision")[0]!.attributes["d"]);
    expect(marks.match(/M/g)!.length).toBeLessThanOrEqual(696 / 2 + 1);
  });
});

describe("a heat map", () => {
  const map = {
    x: "short_window",
    y: "long_window",
    x_values: [5, 10, 20],
    y_values: [50, 100],
    values: [
      [0.1, 0.9, null],
      [0.5, -0.2, 0.9],
    ],
  };

  it("has one rectangle for each combination that has a value, the first of the best framed", () => {
    const figure = heatMap({ caption: "C", map, formats });
    const cells = withData(figure);
    expect(cells.map(({ attributes }) => attributes["data-value"])).toEqual([0.1, 0.9, 0.5, -0.2, 0.9]);
    expect(toMarkup(cells[0]!)).toContain("short_window 5, long_window 50: 0.10");
    const [best, ...rest] = withClass(figure, "best");
    expect(rest).toEqual([]);
    expect([best!.attributes["x"], best!.attributes["y"]]).toEqual([
      cells[1]!.attributes["x"],
      cells[1]!.attributes["y"],
    ]);
  });

  it("has one colour when all are alike, and no cells without values", () => {
    const alike = heatMap({
      caption: "C",
      map: {
        ...map,
        values: [
          [1, 1, 1],
          [1, 1, 1],
        ],
      },
      formats,
    });
    expect(new Set(withData(alike).map(({ attributes }) => attributes["fill"])).size).toBe(1);
    expect(withData(heatMap({ caption: "C", map: { ...map, values: [[null]] }, formats }))).toEqual([]);
  });
});

function elementsOf(content: Content): Element[] {
  return typeof content === "string" ? [] : [content, ...content.children.flatMap(elementsOf)];
}

function withClass(figure: Element, name: string): Element[] {
  return elementsOf(figure).filter(({ attributes }) =>
    String(attributes["class"] ?? "")
      .split(" ")
      .includes(name),
  );
}

function withData(figure: Element): Element[] {
  return elementsOf(figure).filter(({ attributes }) => attributes["data-value"] !== undefined);
}

function pointsOf(path: unknown): [number, number][] {
  return [...String(path).matchAll(/[ML](-?[\d.]+),(-?[\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
}
