import { line } from "d3-shape";
import { type Content, type Element, element } from "../element/element.ts";
import type { Formats } from "../texts/formats.ts";
import { dayAxis, dayScale, figureOf, legend, plotArea, rounded, type Size, valueAxis, valueScale } from "./axes.ts";
import { thin } from "./thin.ts";

/** One curve of a chart. */
export interface Line {
  readonly label: string;
  /** A CSS class such as `account`. */
  readonly name: string;
  readonly colour: string;
  readonly dates: readonly string[];
  /** One per date; null where there is none. */
  readonly values: readonly (number | null)[];
  /** Draws the area between the values and 0. No value may be missing then. */
  readonly filled?: boolean;
  readonly dashed?: boolean;
}

export interface LineChart {
  readonly caption: string;
  readonly lines: readonly Line[];
  readonly scale?: "linear" | "log";
  /** A value that the scale always includes, such as 0. */
  readonly including?: number;
  readonly format: (value: number) => string;
  readonly formats: Formats;
  readonly size?: Size;
  /** Maximum points of a curve. Extremes are never left out. */
  readonly points?: number;
}

/** Curves over time, with at most `points` points each. */
export function lineChart({
  caption,
  lines,
  scale = "linear",
  including,
  format,
  formats,
  size = { width: 760, height: 260 },
  points = 1_500,
}: LineChart): Element {
  const drawn = lines.filter(({ values }) => values.some((value) => value !== null));
  if (drawn.length === 0) return figureOf({ ...size, height: 24 }, caption);
  const names = legend(drawn.length > 1 ? drawn : [], size);
  const plot = plotArea(size, names.top);
  const first = drawn.map(({ dates }) => dates[0]!).toSorted()[0]!;
  const last = drawn
    .map(({ dates }) => dates.at(-1)!)
    .toSorted()
    .at(-1)!;
  const x = dayScale(first, last, plot);
  const y = valueScale(scale, extentOf(drawn, including), plot);
  return figureOf(
    size,
    caption,
    names.content,
    valueAxis(y, plot, format),
    dayAxis(x, plot, formats),
    // The first curve matters most and lies on top.
    drawn.toReversed().map((one) => curveOf(one)),
  );

  function curveOf({ name, colour, dates, values, filled = false, dashed = false }: Line): Content {
    const kept = thin(values, points).map((position) => ({
      at: x(Date.parse(dates[position]!)),
      value: values[position]!,
    }));
    const shape = line<(typeof kept)[number]>()
      .digits(1)
      .defined(({ value }) => value !== null)
      .x(({ at }) => at)
      .y(({ value }) => y(value));
    const path = shape(kept) ?? "";
    if (filled) {
      const [from, to, base] = [kept[0]!.at, kept.at(-1)!.at, y(0)].map(rounded);
      return element("path", {
        class: `area ${name}`,
        d: `${path}L${to},${base}H${from}Z`,
        fill: colour,
        "fill-opacity": 0.35,
        stroke: colour,
        "stroke-width": 0.8,
      });
    }
    return element("path", {
      class: `line ${name}`,
      d: path,
      fill: "none",
      stroke: colour,
      // A single value becomes a dot.
      "stroke-width": kept.length === 1 ? 6 : 1.4,
      "stroke-linejoin": "round",
      "stroke-linecap": "round",
      "stroke-dasharray": dashed ? "5 3" : undefined,
    });
  }
}

function extentOf(lines: readonly Line[], including: number | undefined): [number, number] {
  let low = including ?? Infinity;
  let high = including ?? -Infinity;
  for (const { values } of lines) {
    for (const value of values) {
      if (value === null) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  return [low, high];
}
