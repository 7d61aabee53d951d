import { element, type Element } from "../../element/element.ts";
import { weightsArea } from "../../figures/weights-area.ts";
import type { Formats } from "../../texts/formats.ts";
import {
  type Cell,
  cut,
  dayCell,
  figure,
  numberCell,
  numberHead,
  type Page,
  paragraph,
  returnCell,
  section,
  table,
} from "../page.ts";
import type { Decision, ReportInput } from "../report-input.ts";

const [maxTrades, maxDecisions, maxAssets, maxLetters] = [200, 100, 40, 100];

/** Target weights over time, and the last decision. */
export function weightsSection({ analysis, decisions, filledOn }: ReportInput, { texts, formats }: Page): Element {
  const { words, sentences } = texts;
  const last = decisions.at(-1);
  if (last === undefined) return section("weights", texts.parts.weights, paragraph(sentences.noWeights));
  const held = Object.entries(last.weights)
    .filter(([, weight]) => weight > 0)
    .slice(0, maxAssets);
  const cash = 1 - held.reduce((sum, [, weight]) => sum + weight, 0);
  const rows: Cell[][] = held.map(([ticker, weight]) => [cut(ticker, 40), numberCell(weight, formats.percent)]);
  if (cash > 1e-9 && held.length < maxAssets) rows.push([words.cash, numberCell(cash, formats.percent)]);
  const facts: Cell[][] = [[words.decidedOn, dayCell(last.date)]];
  if (filledOn !== undefined) facts.push([words.filledOn, dayCell(filledOn ?? words.open)]);
  if (last.mode !== null) facts.push([words.mode, cut(last.mode, maxLetters)]);
  facts.push([words.because, cut(last.because, maxLetters)]);
  return section(
    "weights",
    texts.parts.weights,
    paragraph(sentences.weights),
    figure(
      "",
      weightsArea({
        caption: sentences.weights,
        decisions,
        lastDay: analysis.period.last_day,
        others: words.others,
        formats,
      }),
    ),
    element("h3", {}, words.lastDecision),
    element(
      "div",
      { class: "groups" },
      element("div", {}, table([words.assets, numberHead(words.share)], rows)),
      element("div", {}, table([words.figure, words.value], facts)),
    ),
  );
}

/** The trades of a strategy on one ticker; the decisions of other strategies. */
export function tradesSection(input: ReportInput, page: Page): Element {
  const { texts } = page;
  const { trades, decisions } = input;
  if ((trades ?? decisions).length === 0)
    return section("trades", texts.parts.trades, paragraph(texts.sentences.noTrades));
  return trades === null ? decisionsOf(decisions, page) : tradesOf(trades, page);
}

function tradesOf(trades: NonNullable<ReportInput["trades"]>, { texts, formats }: Page): Element {
  const { words, sentences } = texts;
  const shown = trades.slice(-maxTrades);
  const heads = [
    words.entry,
    numberHead(words.entryPrice),
    numberHead(words.quantity),
    { text: words.exit, kind: "day" } as const,
    numberHead(words.exitPrice),
    numberHead(words.return),
  ];
  const rows = shown
    .toReversed()
    .map((trade): Cell[] => [
      dayCell(trade.entry),
      numberCell(trade.entry_price, formats.ratio),
      numberCell(trade.quantity, formats.ratio),
      dayCell(trade.exit ?? words.open),
      numberCell(trade.exit_price, formats.ratio),
      returnCell(trade.return, formats),
    ]);
  const counts = { shown: formats.count(shown.length), count: formats.count(trades.length) };
  return section("trades", texts.parts.trades, paragraph(sentences.trades(counts)), table(heads, rows));
}

function decisionsOf(decisions: readonly Decision[], { texts, formats }: Page): Element {
  const { words, sentences } = texts;
  const shown = decisions.slice(-maxDecisions);
  const rows = shown
    .toReversed()
    .map((decision): Cell[] => [
      dayCell(decision.date),
      weightsText(decision, formats, words.cash),
      cut(decision.mode ?? "", 24),
      cut(decision.because, maxLetters),
    ]);
  const counts = { shown: formats.count(shown.length), count: formats.count(decisions.length) };
  const heads = [words.date, words.weights, words.mode, words.because];
  return section("trades", texts.parts.trades, paragraph(sentences.decisions(counts)), table(heads, rows));
}

function weightsText({ weights }: Decision, { wholePercent }: Formats, cash: string): string {
  const held = Object.entries(weights).filter(([, weight]) => weight > 0);
  const listed = held.slice(0, maxAssets).map(([ticker, weight]) => `${ticker} ${wholePercent(weight)}`);
  return held.length === 0 ? cash : cut(listed.join(", "), maxLetters);
}
