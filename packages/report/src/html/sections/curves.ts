import { element, type Element } from "../../element/element.ts";
import { type Line, lineChart } from "../../figures/line-chart.ts";
import { colours } from "../../figures/palette.ts";
import { figure, type Page, paragraph, section } from "../page.ts";
import type { ReportInput } from "../report-input.ts";

/** Points per curve of the rolling figures: six curves in three figures. */
const rollingPoints = 800;

/** The equity on a logarithmic and on a linear scale. */
export function equitySection({ analysis }: ReportInput, { texts, formats }: Page): Element {
  const { curve, benchmark, figures } = analysis;
  const caption = texts.sentences.equity({
    capital: formats.money(figures.final_value / (1 + figures.return)),
    final: formats.money(figures.final_value),
    rate: figures.cagr === null ? null : formats.percent(figures.cagr),
    benchmark: benchmark?.name ?? null,
    other: benchmark === null ? null : formats.money(benchmark.figures.final_value),
  });
  const { account, log, linear } = texts.words;
  const lines: Line[] = [
    { label: account, name: "account", colour: colours.account, dates: curve.dates, values: curve.equity },
  ];
  if (benchmark !== null && curve.benchmark !== null) {
    lines.push({
      label: benchmark.name,
      name: "benchmark",
      colour: colours.benchmark,
      dates: curve.dates,
      values: curve.benchmark,
    });
  }
  const chart = (scale: "log" | "linear") => lineChart({ caption, lines, scale, format: formats.shortMoney, formats });
  return section(
    "equity",
    texts.parts.equity,
    paragraph(caption),
    figure(log, chart("log")),
    figure(linear, chart("linear")),
  );
}

/** The drawdown of the account. */
export function underwaterSection({ analysis }: ReportInput, { texts, formats }: Page): Element {
  const { curve, figures } = analysis;
  const depth = figures.max_drawdown ?? 0;
  const caption =
    depth === 0
      ? texts.sentences.noDrawdown
      : texts.sentences.underwater({
          share: formats.percent(figures.under_water ?? 0),
          depth: formats.percent(-depth),
        });
  const line: Line = {
    label: texts.words.account,
    name: "account",
    colour: colours.account,
    dates: curve.dates,
    values: curve.drawdown,
    filled: true,
  };
  const size = { width: 760, height: 200 };
  return section(
    "underwater",
    texts.parts.underwater,
    paragraph(caption),
    figure("", lineChart({ caption, lines: [line], including: 0, format: formats.tickPercent, formats, size })),
  );
}

/** Sharpe ratio, volatility and beta of the last 126 and 252 days, by day. */
export function rollingSection({ analysis }: ReportInput, { texts, formats }: Page): Element {
  const { rolling } = analysis;
  const charts = (["sharpe", "volatility", "beta"] as const).flatMap((name) => {
    const lines = rolling.flatMap((window, index): Line[] => {
      const values = window[name];
      if (values === null || values.every((value) => value === null)) return [];
      return [
        {
          label: texts.sentences.window(window.days),
          name: index === 0 ? "benchmark" : "account",
          colour: index === 0 ? colours.benchmark : colours.account,
          dates: window.dates,
          values,
        },
      ];
    });
    if (lines.length === 0) return [];
    const caption = texts.rolling[name];
    const format = name === "volatility" ? formats.wholePercent : formats.ratio;
    // The longer window is the smoother curve and lies on top.
    return figure(
      caption,
      lineChart({
        caption,
        lines: lines.toReversed(),
        including: 0,
        format,
        formats,
        size: { width: 760, height: 190 },
        points: rollingPoints,
      }),
    );
  });
  return section(
    "rolling",
    texts.parts.rolling,
    charts.length === 0 ? paragraph(texts.sentences.tooShort) : element("div", {}, charts),
  );
}
