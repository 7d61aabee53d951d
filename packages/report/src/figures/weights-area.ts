import { type Element, element } from "../element/element.ts";
import type { Formats } from "../texts/formats.ts";
import { dayAxis, dayScale, figureOf, legend, plotArea, rounded, type Size, valueAxis, valueScale } from "./axes.ts";
import { assetColours, colours, otherColour } from "./palette.ts";

/** The weights decided on a day, by ticker. The rest is cash. */
interface Weighting {
  readonly date: string;
  readonly weights: Readonly<Record<string, number>>;
}

export interface WeightsArea {
  readonly caption: string;
  /** Oldest first. */
  readonly decisions: readonly Weighting[];
  /** The last day of the last weights. */
  readonly lastDay: string;
  /** Label of the assets without a colour of their own. */
  readonly others: string;
  readonly formats: Formats;
  readonly size?: Size;
}

/** Marks closer than this would touch. */
const markGap = 2;

/** Maximum boxes, so that the figure of a daily strategy stays small. */
const maxBoxes = 3_000;

/** Target weights over time, the largest average at the bottom, with a mark for each decision. Cash is left blank. */
export function weightsArea({
  caption,
  decisions,
  lastDay,
  others,
  formats,
  size = { width: 760, height: 240 },
}: WeightsArea): Element {
  if (decisions.length === 0) return figureOf({ ...size, height: 24 }, caption);
  const layers = layersOf(decisions, lastDay, others);
  const names = legend(layers, size);
  const plot = plotArea(size, names.top);
  const x = dayScale(decisions[0]!.date, lastDay, plot);
  const y = valueScale("linear", [0, 1], plot);
  const spans = decisions.map(({ date, weights }, index) => ({
    weights,
    from: x(Date.parse(date)),
    to: x(Date.parse(decisions[index + 1]?.date ?? lastDay)),
  }));
  // A single day fills the plot.
  if (decisions[0]!.date === lastDay) Object.assign(spans.at(-1)!, { from: plot.left, to: plot.right });
  const shapes = layers.map(() => "");
  for (const { from, to, weights } of visible(spans)) {
    let below = 0;
    layers.forEach(({ tickers: within }, layer) => {
      const weight = within.reduce((sum, ticker) => sum + (weights[ticker] ?? 0), 0);
      if (weight <= 0) return;
      const [top, bottom] = [rounded(y(below + weight)), rounded(y(below))];
      below += weight;
      shapes[layer] += `M${rounded(from)} ${bottom}H${rounded(to)}V${top}H${rounded(from)}z`;
    });
  }
  return figureOf(
    size,
    caption,
    names.content,
    valueAxis(y, plot, formats.wholePercent),
    layers.map(({ label, colour, name }, layer) =>
      element("path", { class: name, d: shapes[layer], fill: colour }, element("title", {}, label)),
    ),
    element("path", { class: "decision", d: marksOf(spans, plot.top), stroke: colours.axis, fill: "none" }),
    dayAxis(x, plot, formats),
  );
}

/** A mark above the plot for each decision. */
function marksOf(spans: readonly Span[], top: number): string {
  let marks = "";
  let last = -Infinity;
  for (const { from } of spans) {
    if (from - last < markGap) continue;
    last = from;
    marks += `M${rounded(from)} ${top - 5}v4`;
  }
  return marks;
}

interface Span {
  readonly weights: Readonly<Record<string, number>>;
  readonly from: number;
  readonly to: number;
}

/** Groups with a colour: the heaviest assets, and all others as one. */
function layersOf(decisions: readonly Weighting[], lastDay: string, others: string) {
  const tickers = byWeight(decisions, lastDay);
  const layers = tickers.slice(0, assetColours.length).map((ticker, index) => {
    return { label: ticker, colour: assetColours[index]!, tickers: [ticker], name: "asset" };
  });
  const rest = tickers.slice(assetColours.length);
  return rest.length === 0 ? layers : [...layers, { label: others, colour: otherColour, tickers: rest, name: "asset" }];
}

/** The tickers by weight and time, heaviest first; equal ones by name. */
function byWeight(decisions: readonly Weighting[], lastDay: string): string[] {
  const total = new Map<string, number>();
  decisions.forEach(({ date, weights }, index) => {
    const days = (Date.parse(decisions[index + 1]?.date ?? lastDay) - Date.parse(date)) / 86_400_000;
    for (const [ticker, weight] of Object.entries(weights)) {
      if (weight > 0) total.set(ticker, (total.get(ticker) ?? 0) + weight * (days + 1e-9));
    }
  });
  return [...total].toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).map(([ticker]) => ticker);
}

/** Keeps one span, the last, per visible column; fewer when spans hold many assets. */
function visible(spans: readonly Span[]): Span[] {
  const held = spans.reduce((sum, { weights }) => sum + Object.keys(weights).length, 0) / spans.length;
  const width = spans.at(-1)!.to - spans[0]!.from;
  const column = Math.max(0.5, (width * Math.max(held, 1)) / maxBoxes);
  const shown: Span[] = [];
  for (const span of spans) {
    const before = shown.at(-1);
    if (before !== undefined && span.from - before.from < column)
      shown[shown.length - 1] = { ...span, from: before.from };
    else shown.push(span);
  }
  return shown.map((span, index) => ({ ...span, to: shown[index + 1]?.from ?? span.to }));
}
