import { type Content, type Element, element } from "../element/element.ts";
import type { Formats } from "../texts/formats.ts";
import { figureOf, label, rounded, type Size } from "./axes.ts";
import { colours } from "./palette.ts";

type Value = number | string | boolean;

/** An objective over two parameters, as a sweep reports it. */
export interface HeatMap {
  readonly caption: string;
  readonly map: {
    readonly x: string;
    readonly y: string;
    readonly x_values: readonly Value[];
    readonly y_values: readonly Value[];
    /** One row per `y_values`, one cell per `x_values`; null without a value. */
    readonly values: readonly (readonly (number | null)[])[];
  };
  readonly formats: Formats;
  readonly size?: Size;
}

/** From low to high: viridis by S. van der Walt and N. Smith, which stays ordered without colour. */
const stops = ["#440154", "#3b528b", "#21918c", "#5ec962", "#fde725"];

/** One `rect` for each combination, with its value in `data-value`; the best is framed. */
export function heatMap({ caption, map, formats, size = { width: 760, height: 420 } }: HeatMap): Element {
  // The name of the rows has a line of its own above them: it may be longer than their values.
  const plot = { left: 74, right: size.width - 84, top: 26, bottom: size.height - 44 };
  const known = map.values.flat().filter((value) => value !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const [width, height] = [
    (plot.right - plot.left) / map.x_values.length,
    (plot.bottom - plot.top) / map.y_values.length,
  ];
  const left = (column: number): number => rounded(plot.left + column * width);
  const top = (row: number): number => rounded(plot.top + row * height);
  let best: Content | null = null;
  const cells = map.y_values.flatMap((y, row) =>
    map.x_values.flatMap((x, column) => {
      const value = map.values[row]?.[column] ?? null;
      if (value === null) return [];
      const box = { x: left(column), y: top(row), width: rounded(width), height: rounded(height) };
      if (value === high && best === null) {
        best = element("rect", { class: "best", ...box, fill: "none", stroke: colours.text, "stroke-width": 2 });
      }
      const text = `${map.x} ${x}, ${map.y} ${y}: ${formats.ratio(value)}`;
      const fill = colourAt(low === high ? 0.5 : (value - low) / (high - low));
      return element("rect", { class: "cell", ...box, fill, "data-value": value }, element("title", {}, text));
    }),
  );
  return figureOf(
    size,
    caption,
    cells,
    best ?? [],
    ticksOf(map.x_values, 46, width).map(({ text, middle }) =>
      label(text, plot.left + middle, plot.bottom + 15, { anchor: "middle" }),
    ),
    ticksOf(map.y_values, 16, height).map(({ text, middle }) =>
      label(text, plot.left - 6, plot.top + middle + 4, { anchor: "end" }),
    ),
    label(map.x, (plot.left + plot.right) / 2, size.height - 8, { anchor: "middle", fill: colours.text }),
    label(map.y, 4, 14, { fill: colours.text }),
    known.length === 0 ? [] : keyOf(low, high),
  );

  /** The legend of the colours. */
  function keyOf(from: number, to: number): Content[] {
    const step = 120 / stops.length;
    const at = size.width - 68;
    return [
      ...stops.toReversed().map((colour, index) =>
        element("rect", {
          class: "key",
          x: at,
          y: rounded(plot.top + index * step),
          width: 14,
          height: step,
          fill: colour,
        }),
      ),
      label(formats.ratio(to), at + 20, plot.top + 10),
      label(formats.ratio(from), at + 20, plot.top + 120),
    ];
  }
}

/** The colour of a value between the lowest, 0, and the highest, 1. Not by d3: the dashboard leaves its colours out. */
function colourAt(share: number): string {
  const at = share * (stops.length - 1);
  const below = Math.min(Math.floor(at), stops.length - 2);
  const [from, to] = [channelsOf(stops[below]!), channelsOf(stops[below + 1]!)];
  return `rgb(${from.map((channel, index) => Math.round(channel + (to[index]! - channel) * (at - below))).join(", ")})`;
}

function channelsOf(colour: string): readonly number[] {
  return [1, 3, 5].map((start) => Number.parseInt(colour.slice(start, start + 2), 16));
}

/** Evenly spaced labels, as many as fit. */
function ticksOf(values: readonly Value[], room: number, size: number): { text: string; middle: number }[] {
  const every = Math.max(1, Math.ceil(room / size));
  return values.flatMap((value, index) =>
    index % every === 0 ? { text: String(value), middle: (index + 0.5) * size } : [],
  );
}
