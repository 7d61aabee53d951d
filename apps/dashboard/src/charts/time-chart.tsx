import {
  AreaSeries,
  BaselineSeries,
  createChart,
  type IChartApi,
  type ISeriesApi,
  LineSeries,
  PriceScaleMode,
  type SeriesType,
} from "lightweight-charts";
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { useFormats } from "../formats/formats.ts";
import { CsvButton } from "../parts/data/csv-button.tsx";
import { DataTable } from "../parts/data/data-table.tsx";
import { useTexts } from "../texts/texts.ts";
import { dayOf, timeOf, timesOf } from "./chart-time.ts";
import styles from "./charts.module.css";
import { type Colours, curveColour, useColours } from "./colours.ts";
import { Behind, FigureHead } from "./figure.tsx";
import type { ChartGroup, Membership } from "./group.ts";
import { zoomAtMiddle, zoomWithCtrl } from "./zoom.ts";

/** A curve over days. */
export interface Curve {
  readonly label: string;
  readonly dates: readonly string[];
  readonly values: readonly (number | null)[];
  /** `fall` is filled from 0 down. Others are lines, the first one strongest. */
  readonly look?: "account" | "benchmark" | "fall";
}

/**
 * Curves on a canvas. A line above shows the values at the crosshair, which the arrow keys move. A sentence and a table describe the curves
 * for screen readers.
 */
export function TimeChart({
  name,
  sentence,
  curves,
  scale = "linear",
  format,
  height = 320,
  group,
  actions,
}: {
  readonly name: string;
  readonly sentence: ReactNode;
  readonly curves: readonly Curve[];
  readonly scale?: "linear" | "log";
  readonly format: (value: number) => string;
  readonly height?: number;
  readonly group?: ChartGroup | undefined;
  readonly actions?: ReactNode;
}) {
  const { shared } = useTexts();
  const formats = useFormats();
  const colours = useColours();
  const box = useRef<HTMLDivElement>(null);
  const drawn = useRef<Drawn & { readonly membership: Membership | undefined }>(undefined);
  const [day, setDay] = useState<string | null>(null);
  useEffect(() => {
    const made = draw(box.current!, { curves, format, colours, language: formats.language });
    made.chart.subscribeCrosshairMove(({ time }) => setDay(dayOf(time)));
    const valueAt = (at: string) => valueOn(curves[0]!, at);
    const membership = group?.join({ chart: made.chart, series: made.first, valueAt, onDay: setDay });
    drawn.current = { ...made, membership };
    const endZoom = zoomWithCtrl(box.current!, made.chart);
    return () => {
      endZoom();
      membership?.leave();
      made.chart.remove();
      drawn.current = undefined;
    };
  }, [curves, format, colours, formats.language, group]);
  useEffect(() => {
    const mode = scale === "log" ? PriceScaleMode.Logarithmic : PriceScaleMode.Normal;
    drawn.current?.chart.priceScale("right").applyOptions({ mode });
  }, [scale, curves, format, colours, formats.language, group]);
  const { dates } = curves[0]!;
  const shown = day ?? dates.at(-1)!;
  const move = (event: KeyboardEvent): void => {
    const factor = event.ctrlKey || event.metaKey ? undefined : { "+": 0.8, "-": 1.25 }[event.key];
    if (factor !== undefined && drawn.current !== undefined) return zoomAtMiddle(drawn.current.chart, factor);
    const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -21, PageDown: 21 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const at = Math.min(Math.max((day === null ? dates.length - 1 : dates.indexOf(day)) + step, 0), dates.length - 1);
    const value = valueOn(curves[0]!, dates[at]!);
    if (value !== null) drawn.current?.chart.setCrosshairPosition(value, timeOf(dates[at]!), drawn.current.first);
    drawn.current?.membership?.show(dates[at]!);
    setDay(dates[at]!);
  };
  return (
    <figure aria-label={name} className={styles.figure}>
      <FigureHead
        name={name}
        sentence={sentence}
        actions={
          <>
            {actions}
            <CsvButton name={name} head={["date", ...curves.map(({ label }) => label)]} rows={() => rowsOf(curves)} />
          </>
        }
      />
      <p className={styles.readout} aria-live="polite">
        <strong>{formats.day(shown)}</strong>
        {curves.map((curve, index) => {
          const value = valueOn(curve, shown);
          return (
            <span key={curve.label} className={styles.entry}>
              <span className={styles.swatch} style={{ background: colourOf(curve, index, colours) }} />
              {curve.label} {value === null ? "–" : format(value)}
            </span>
          );
        })}
      </p>
      <div
        ref={box}
        className={styles.canvas}
        style={{ height }}
        tabIndex={0}
        role="application"
        aria-label={`${name}: ${shared.words.arrows}`}
        onKeyDown={move}
        data-drawn={dates.length}
      />
      <Behind>
        <MonthEnds name={name} curves={curves} format={format} />
      </Behind>
      <p className={styles.credit}>
        <a href="https://www.tradingview.com/">{shared.words.chartsBy}</a>
      </p>
    </figure>
  );
}

interface Drawn {
  readonly chart: IChartApi;
  readonly first: ISeriesApi<SeriesType>;
}

function draw(
  box: HTMLElement,
  {
    curves,
    format,
    colours,
    language,
  }: {
    readonly curves: readonly Curve[];
    readonly format: (value: number) => string;
    readonly colours: Colours;
    readonly language: string;
  },
): Drawn {
  const chart = createChart(box, {
    autoSize: true,
    layout: {
      background: { color: "transparent" },
      textColor: colours.muted,
      fontFamily: getComputedStyle(box).fontFamily,
      fontSize: 11,
      // The logo adds a style element, which the content security policy forbids.
      attributionLogo: false,
    },
    grid: { vertLines: { visible: false }, horzLines: { color: colours.line } },
    rightPriceScale: {
      borderVisible: false,
      scaleMargins: { top: 0.1, bottom: 0.04 },
      entireTextOnly: true,
      // Charts below each other begin and end at the same place: room for -100.00%. One with wider labels is drawn twice.
      minimumWidth: 76,
    },
    timeScale: {
      borderColor: colours.line,
      minBarSpacing: 0.01,
      // Days that share a pixel are drawn as one, at the last value: a stroke through each of them takes three times as long.
      enableConflation: true,
      rightOffset: 0,
      fixLeftEdge: true,
      fixRightEdge: true,
    },
    localization: { locale: language, priceFormatter: format, dateFormat: "yyyy-MM-dd" },
    crosshair: { horzLine: { visible: false, labelVisible: false } },
    handleScroll: { vertTouchDrag: false },
    // See `zoomWithCtrl`.
    handleScale: { mouseWheel: false },
  });
  const common = { priceLineVisible: false, lastValueVisible: false, lineWidth: 2 } as const;
  const all = curves.map((curve, index) => {
    const colour = colourOf(curve, index, colours);
    const series =
      curve.look === "fall"
        ? chart.addSeries(BaselineSeries, {
            ...common,
            lineWidth: 1,
            baseValue: { type: "price", price: 0 },
            bottomLineColor: colours.loss,
            bottomFillColor1: withAlpha(colours.loss, 0.08),
            bottomFillColor2: withAlpha(colours.loss, 0.3),
            topLineColor: colours.loss,
          })
        : curves.length === 1
          ? chart.addSeries(AreaSeries, {
              ...common,
              lineColor: colour,
              topColor: withAlpha(colour, 0.22),
              bottomColor: withAlpha(colour, 0.02),
            })
          : chart.addSeries(LineSeries, { ...common, color: colour, lineWidth: index === 0 ? 2 : 1 });
    series.setData(
      timesOf(curve.dates).map((time, at) => {
        const value = curve.values[at];
        return value === null || value === undefined ? { time } : { time, value };
      }),
    );
    return series as ISeriesApi<SeriesType>;
  });
  chart.timeScale().fitContent();
  return { chart, first: all[0]! };
}

function colourOf({ look }: Curve, index: number, colours: Colours): string {
  if (look === "fall") return colours.loss;
  return look === "benchmark" ? colours.benchmark : curveColour(index, colours);
}

function withAlpha(colour: string, alpha: number): string {
  return colour.replace(/^rgb\((.*)\)$/, (_, channels: string) => `rgba(${channels}, ${alpha})`);
}

/** Binary search: days ascend. */
function valueOn({ dates, values }: Curve, day: string): number | null {
  let [low, high] = [0, dates.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (dates[middle]! < day) low = middle + 1;
    else high = middle;
  }
  return dates[low] === day ? (values[low] ?? null) : null;
}

function rowsOf(curves: readonly Curve[]): (string | number | null)[][] {
  const days = [...new Set(curves.flatMap(({ dates }) => dates))].toSorted();
  return days.map((day) => [day, ...curves.map((curve) => valueOn(curve, day))]);
}

/** The last value of each month: nobody reads a table of thousands of days. */
function MonthEnds({
  name,
  curves,
  format,
}: {
  readonly name: string;
  readonly curves: readonly Curve[];
  readonly format: (value: number) => string;
}) {
  const { shared } = useTexts();
  const rows = rowsOf(curves)
    .filter((row, index, all) => String(row[0]).slice(0, 7) !== String(all[index + 1]?.[0] ?? "").slice(0, 7))
    .toReversed();
  return (
    <DataTable
      name={name}
      rows={rows}
      keyOf={(row) => String(row[0])}
      columns={[
        { head: shared.words.day, cell: (row) => row[0] },
        ...curves.map(({ label }, index) => ({
          head: label,
          number: true,
          cell: (row: (string | number | null)[]) => {
            const value = row[index + 1];
            return typeof value === "number" ? format(value) : "–";
          },
        })),
      ]}
    />
  );
}
