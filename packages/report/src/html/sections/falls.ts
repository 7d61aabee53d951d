import type { Element } from "../../element/element.ts";
import {
  type Cell,
  dayCell,
  numberCell,
  numberHead,
  type Page,
  paragraph,
  returnCell,
  section,
  table,
} from "../page.ts";
import type { ReportInput } from "../report-input.ts";

const maxCrises = 40;

/** The deepest drawdowns. */
export function drawdownsSection({ analysis }: ReportInput, { texts, formats }: Page): Element {
  const { words, sentences } = texts;
  if (analysis.drawdowns.length === 0) {
    return section("drawdowns", texts.parts.drawdowns, paragraph(sentences.noDrawdown));
  }
  const heads = [words.peak, words.valley, words.recovery, ...[words.depth, words.down, words.back].map(numberHead)];
  const rows = analysis.drawdowns.map((fall): Cell[] => [
    dayCell(fall.peak_day),
    dayCell(fall.valley_day),
    dayCell(fall.recovery_day ?? words.open),
    returnCell(fall.depth, formats),
    numberCell(fall.days_down, formats.count),
    numberCell(fall.days_back, formats.count),
  ]);
  return section("drawdowns", texts.parts.drawdowns, paragraph(sentences.drawdowns), table(heads, rows));
}

/** The account in market crises. */
export function crisesSection({ analysis }: ReportInput, { texts, formats }: Page): Element {
  const { words, sentences } = texts;
  const { benchmark } = analysis;
  const heads = [words.crisis, numberHead(words.return), numberHead(words.maxDrawdown)];
  if (benchmark !== null) heads.push(numberHead(benchmark.name));
  const rows = analysis.crises.slice(0, maxCrises).map((crisis) => {
    const row: Cell[] = [
      dayCell(`${crisis.from} – ${crisis.to}`),
      returnCell(crisis.return, formats),
      returnCell(crisis.max_drawdown, formats),
    ];
    if (benchmark !== null) row.push(returnCell(crisis.benchmark_return, formats));
    return row;
  });
  return section("crises", texts.parts.crises, paragraph(sentences.crises), table(heads, rows));
}
