import { type ScaleContinuousNumeric, scaleLinear, scaleLog, type ScaleTime, scaleUtc } from "d3-scale";
import { type Content, element } from "../element/element.ts";
import type { Formats } from "../texts/formats.ts";
import { colours } from "./palette.ts";

/** Size of a figure in the units of its `viewBox`. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The area inside the axes of a figure. */
export interface PlotArea {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const fontSize = 11;
const legendRow = 16;
const millisecondsPerDay = 86_400_000;
/** Smaller numbers are drawn as 0: the steps between them can be too small for a float. */
const smallest = 1e-100;

export function plotArea({ width, height }: Size, top: number): PlotArea {
  return { left: 52, right: width - 12, top, bottom: height - 24 };
}

/** A figure. Screen readers read `caption`. */
export function figureOf({ width, height }: Size, caption: string, ...children: (Content | readonly Content[])[]) {
  return element(
    "svg",
    {
      class: "figure",
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: "img",
      "aria-label": caption,
      "font-family": "system-ui, sans-serif",
      "font-size": fontSize,
    },
    ...children,
  );
}

export function label(
  text: string,
  x: number,
  y: number,
  { anchor = "start", name = "label", fill = colours.axis }: { anchor?: string; name?: string; fill?: string } = {},
) {
  return element("text", { class: name, x: rounded(x), y: rounded(y), fill, "text-anchor": anchor }, text);
}

export type ValueScale = ScaleContinuousNumeric<number, number>;

/** A scale from the lowest to the highest value, bottom to top. Equal values get room around them. */
export function valueScale(
  kind: "linear" | "log",
  [low, high]: readonly [number, number],
  { top, bottom }: PlotArea,
): ValueScale {
  if (kind === "log") {
    const [from, to] = high - low <= low * 1e-9 ? [low * 0.9, high * 1.1] : [low, high];
    return scaleLog().domain([from, to]).range([bottom, top]);
  }
  // Values that are almost equal would have no ticks between them.
  const equal = high - low <= Math.max(Math.abs(low) * 1e-9, smallest);
  const room = equal ? Math.abs(low) * 0.1 + (Math.abs(low) <= smallest ? 1 : 0) : 0;
  return scaleLinear()
    .domain([low - room, high + room])
    .range([bottom, top])
    .nice(5);
}

/** Grid lines at round values with their labels. `ticks`: the values; the scale's own by default. */
export function valueAxis(
  scale: ValueScale,
  { left, right }: PlotArea,
  format: (value: number) => string,
  ticks: readonly number[] = valueTicks(scale),
): Content[] {
  return ticks.flatMap((value) => {
    const y = rounded(scale(value));
    return [
      element("path", { class: "grid", d: `M${left} ${y}H${right}`, stroke: colours.grid, fill: "none" }),
      label(format(value), left - 6, y + 4, { anchor: "end" }),
    ];
  });
}

/** A scale from the first to the last day, left to right. A single day is in the middle. */
export function dayScale(first: string, last: string, { left, right }: PlotArea): ScaleTime<number, number> {
  const [from, to] = [Date.parse(first), Date.parse(last)];
  const room = from === to ? millisecondsPerDay : 0;
  return scaleUtc()
    .domain([from - room, to + room])
    .range([left, right]);
}

/** Ticks of years, months or days, as many as fit. */
export function dayAxis(
  scale: ScaleTime<number, number>,
  { left, right, bottom }: PlotArea,
  formats: Formats,
): Content[] {
  const ticks = dayTicks(scale, Math.floor((right - left) / 90));
  const format = formats.tick(ticks);
  const widest = Math.max(...ticks.map((date) => widthOf(format(date)))) + 12;
  const every = Math.ceil((ticks.length * widest) / (right - left));
  return [
    element("path", { class: "axis", d: `M${left} ${bottom}H${right}`, stroke: colours.axis, fill: "none" }),
    ...ticks.flatMap((date, index) => {
      const x = rounded(scale(date));
      const mark = element("path", { class: "axis", d: `M${x} ${bottom}v4`, stroke: colours.axis, fill: "none" });
      if (index % every > 0) return mark;
      // The last label must not leave the figure.
      const middle = Math.min(x, right + 12 - widest / 2);
      return [mark, label(format(date), middle, bottom + 17, { anchor: "middle" })];
    }),
  ];
}

/** Whole days only: for a few days the scale would choose hours. */
function dayTicks(scale: ScaleTime<number, number>, count: number): Date[] {
  const [from, to] = scale.domain().map(Number) as [number, number];
  const days = (to - from) / millisecondsPerDay;
  if (days > count) return scale.ticks(Math.max(2, count));
  return Array.from({ length: days + 1 }, (_, index) => new Date(from + index * millisecondsPerDay));
}

export interface LegendEntry {
  readonly label: string;
  readonly colour: string;
  /** A class. */
  readonly name: string;
}

/** The legend in rows at the top of a figure, and where the plot below begins. */
export function legend(entries: readonly LegendEntry[], { width }: Size): { content: Content[]; top: number } {
  const [left, right] = [52, width - 12];
  let [x, row] = [left, 0];
  const content = entries.flatMap(({ label: text, colour, name }) => {
    const room = 18 + widthOf(text) + 14;
    if (x > left && x + room > right + 14) [x, row] = [left, row + 1];
    const [at, y] = [x, 8 + row * legendRow];
    x += room;
    return [
      element("rect", { class: name, x: rounded(at), y, width: 12, height: 8, fill: colour }),
      label(text, at + 18, y + 8, { fill: colours.text }),
    ];
  });
  return { content, top: entries.length === 0 ? 12 : 28 + row * legendRow };
}

/** A coordinate rounded to a tenth. */
export function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}

/** The approximate width of a text. Korean letters are twice as wide. */
function widthOf(text: string): number {
  let width = 0;
  for (const letter of text) width += letter.codePointAt(0)! > 0x2e80 ? fontSize : fontSize * 0.58;
  return width;
}

function valueTicks(scale: ValueScale): number[] {
  const ticks = scale.ticks(5);
  if (ticks.length <= 8) return ticks;
  // A logarithmic scale over more than a decade: 1, 2, 5, 10, ..., or 1, 10, 100, ... when those are too many.
  const leading = (value: number): number => Math.round(value / 10 ** Math.floor(Math.log10(value) + 1e-9));
  const few = ticks.filter((value) => [1, 2, 5].includes(leading(value)));
  return few.length <= 8 ? few : few.filter((value) => leading(value) === 1);
}
