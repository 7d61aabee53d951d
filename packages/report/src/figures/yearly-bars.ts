import { scaleBand } from "d3-scale";
import { type Element, element } from "../element/element.ts";
import type { Formats } from "../texts/formats.ts";
import {
  figureOf,
  label,
  legend,
  type LegendEntry,
  plotArea,
  rounded,
  type Size,
  valueAxis,
  valueScale,
} from "./axes.ts";
import { colours } from "./palette.ts";

export interface YearlyBars {
  readonly caption: string;
  readonly years: readonly {
    readonly year: number;
    readonly return: number | null;
    readonly benchmark_return: number | null;
    /** Partial years are drawn lighter. */
    readonly whole: boolean;
  }[];
  readonly account: string;
  /** Name of the benchmark; null without one. */
  readonly benchmark: string | null;
  readonly formats: Formats;
  readonly size?: Size;
}

/** Bars of yearly returns, beside those of the benchmark. */
export function yearlyBars({
  caption,
  years,
  account,
  benchmark,
  formats,
  size = { width: 760, height: 240 },
}: YearlyBars): Element {
  const shown: LegendEntry[] = [{ label: account, name: "account", colour: colours.account }];
  if (benchmark !== null) shown.push({ label: benchmark, name: "benchmark", colour: colours.benchmark });
  const names = legend(benchmark === null ? [] : shown, size);
  const plot = plotArea(size, names.top);
  const values = years.flatMap((one) => [one.return ?? 0, one.benchmark_return ?? 0]);
  const y = valueScale("linear", [Math.min(0, ...values), Math.max(0, ...values)], plot);
  const x = scaleBand<number>()
    .domain(years.map(({ year }) => year))
    .range([plot.left, plot.right])
    .padding(0.25);
  // One or two bars would fill the whole plot.
  const band = Math.min(x.bandwidth(), 56);
  const barWidth = benchmark === null ? band : band / 2;
  const every = Math.ceil(years.length / Math.floor((plot.right - plot.left) / 34));
  const bar = (value: number | null, left: number, name: string, colour: string, opacity: number) =>
    value === null
      ? []
      : element("rect", {
          class: name,
          x: rounded(left),
          y: rounded(Math.min(y(value), y(0))),
          width: rounded(barWidth),
          height: rounded(Math.abs(y(value) - y(0))),
          fill: colour,
          "fill-opacity": opacity < 1 ? opacity : undefined,
          "data-value": value,
        });
  return figureOf(
    size,
    caption,
    names.content,
    valueAxis(y, plot, formats.wholePercent),
    years.flatMap((one, index) => {
      const middle = x(one.year)! + x.bandwidth() / 2;
      const left = middle - band / 2;
      const opacity = one.whole ? 1 : 0.55;
      return [
        bar(one.return, left, "account", colours.account, opacity),
        benchmark === null ? [] : bar(one.benchmark_return, left + barWidth, "benchmark", colours.benchmark, opacity),
        index % every === 0
          ? label(formats.year(one.year, one.whole), middle, plot.bottom + 17, { anchor: "middle" })
          : [],
      ].flat();
    }),
    element("path", {
      class: "axis",
      d: `M${plot.left} ${rounded(y(0))}H${plot.right}`,
      stroke: colours.axis,
      fill: "none",
    }),
  );
}
