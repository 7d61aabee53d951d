import { type ScaleContinuousNumeric, scaleLinear, scaleLog, type ScaleTime, scaleUtc } from "d3-scale";
import { type Content, element } from "../element/element.ts";
import type { Formats } from "../texts/formats.ts";
import { colours } from "./palette.ts";

/** How large a figure is, in the units of its `viewBox`. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Where the curves or bars of a figure go: what its axes leave. */
export interface PlotArea {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const fontSize = 11;
const legendRow = 16;
const millisecondsPerDay = 86_400_000;
/** Less than this is drawn as 0: steps between such numbers can be too small for a number. */
const smallest = 1e-100;

export function plotArea({ width, height }: Size, top: number): PlotArea {
  return { left: 52, right: width - 12, top, bottom: height - 24 };
}

/** The whole of a figure. `caption` is what somebody hears who does not see it. */
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

/** From the lowest to the highest value, up the plot. Of equal ones with room around. */
export function valueScale(
  kind: "linear" | "log",
  [low, high]: readonly [number, number],
  { top, bottom }: PlotArea,
): ValueScale {
  if (kind === "log") {
    const [from, to] = high - low <= low * 1e-9 ? [low * 0.9, high * 1.1] : [low, high];
    return scaleLog().domain([from, to]).range([bottom, top]);
  }
  // Of values that are as good as equal there would be no steps between.
  const equal = high - low <= Math.max(Math.abs(low) * 1e-9, smallest);
  const room = equal ? Math.abs(low) * 0.1 + (Math.abs(low) <= smallest ? 1 : 0) : 0;
  return scaleLinear()
    .domain([low - room, high + room])
    .range([bottom, top])
    .nice(5);
}

/** Lines across the plot at round values, and what they are. `ticks`: those values, unless the scale is to choose them. */
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

/** From the first to the last day, along the plot. A single day is in the middle. */
export function dayScale(first: string, last: string, { left, right }: PlotArea): ScaleTime<number, number> {
  const [from, to] = [Date.parse(first), Date.parse(last)];
  const room = from === to ? millisecondsPerDay : 0;
  return scaleUtc()
    .domain([from - room, to + room])
    .range([left, right]);
}

/** Marks of years, months or days, as many as there is room for. */
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
      // The last one may not reach beyond the figure.
      const middle = Math.min(x, right + 12 - widest / 2);
      return [mark, label(format(date), middle, bottom + 17, { anchor: "middle" })];
    }),
  ];
}

/** Only whole days: within a few days the scale would mark hours. */
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

/** Names of what is drawn, in rows at the top of a figure, and where the plot below begins. */
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

/** A coordinate with as many digits as one can see. */
export function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}

/** About how wide a text is: letters of Korean are twice as wide. */
function widthOf(text: string): number {
  let width = 0;
  for (const letter of text) width += letter.codePointAt(0)! > 0x2e80 ? fontSize : fontSize * 0.58;
  return width;
}

function valueTicks(scale: ValueScale): number[] {
  const ticks = scale.ticks(5);
  if (ticks.length <= 8) return ticks;
  // Of a logarithmic scale over more than a decade: 1, 2, 5, 10, ..., or 1, 10, 100, ... where that is still too many.
  const leading = (value: number): number => Math.round(value / 10 ** Math.floor(Math.log10(value) + 1e-9));
  const few = ticks.filter((value) => [1, 2, 5].includes(leading(value)));
  return few.length <= 8 ? few : few.filter((value) => leading(value) === 1);
}
