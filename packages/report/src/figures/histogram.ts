import { bin } from "d3-array";
import { scaleLinear } from "d3-scale";
import { type Element, element } from "../element/element.ts";
import type { Formats } from "../texts/formats.ts";
import { figureOf, label, plotArea, rounded, type Size, valueAxis, valueScale } from "./axes.ts";
import { colours, gainAndLoss } from "./palette.ts";

export interface Histogram {
  readonly caption: string;
  /** Returns as fractions. */
  readonly values: readonly number[];
  readonly formats: Formats;
  readonly size?: Size;
}

/** A histogram of returns. Zero is the edge of a bar, so a bar holds either gains or losses. */
export function histogram({ caption, values, formats, size = { width: 760, height: 220 } }: Histogram): Element {
  const plot = plotArea(size, 12);
  const x = scaleLinear().domain(aroundZero(values)).range([plot.left, plot.right]).nice(24);
  const [from, to] = x.domain() as [number, number];
  const edges = x.ticks(24).filter((edge) => edge > from && edge < to);
  const bars = bin<number, number>().domain([from, to]).thresholds(edges)([...values]);
  const y = valueScale("linear", [0, Math.max(1, ...bars.map(({ length }) => length))], plot);
  const { gain, loss } = gainAndLoss(formats.language);
  return figureOf(
    size,
    caption,
    valueAxis(y, plot, formats.count, y.ticks(5).filter(Number.isInteger)),
    bars.flatMap((bar) => {
      const [left, right] = [x(bar.x0!), x(bar.x1!)];
      const isLoss = bar.x1! <= 1e-12;
      return bar.length === 0 || right - left < 0.1
        ? []
        : element("rect", {
            class: isLoss ? "loss" : "gain",
            x: rounded(left + 0.5),
            y: rounded(y(bar.length)),
            width: rounded(right - left - 1),
            height: rounded(plot.bottom - y(bar.length)),
            fill: isLoss ? loss : gain,
            "data-value": bar.length,
          });
    }),
    element("path", {
      class: "axis",
      d: `M${plot.left} ${plot.bottom}H${plot.right}`,
      stroke: colours.axis,
      fill: "none",
    }),
    x.ticks(10).map((value) => label(formats.tickPercent(value), x(value), plot.bottom + 17, { anchor: "middle" })),
  );
}

/** The range of the values, including zero. */
function aroundZero(values: readonly number[]): [number, number] {
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  // Values that are almost zero would have no steps between them.
  return high - low < 1e-6 ? [-0.01, 0.01] : [low, high];
}
