import { comparisonNames, type ComparisonName, type FigureName, type Figures } from "../../analysis.ts";
import { figuresByGroup, type FigureGroup, isRatio } from "../../key-figures.ts";
import { element, type Element } from "../../element/element.ts";
import type { Group } from "../../texts/texts.ts";
import { type Cell, numberCell, numberHead, type Page, returnCell, section, table, undefinedMark } from "../page.ts";
import type { ReportInput } from "../report-input.ts";

/** Figures in groups, the benchmark's beside the account's. */
export function keyFiguresSection({ analysis }: ReportInput, page: Page): Element {
  const { texts } = page;
  const { figures, benchmark, deflated_sharpe: deflated } = analysis;
  const heads: Cell[] = [texts.words.figure, numberHead(texts.words.account)];
  if (benchmark !== null) heads.push(numberHead(benchmark.name));
  const groups = Object.entries(figuresByGroup).map(([group, names]) =>
    groupOf(
      group as FigureGroup,
      heads,
      names.map((name) => {
        const row: Cell[] = [texts.figures[name].name, figureCell(figures, name, page)];
        if (benchmark !== null) row.push(figureCell(benchmark.figures, name, page));
        return row;
      }),
    ),
  );
  if (benchmark !== null) {
    const rows = comparisonNames.map((name) => [texts.comparison[name].name, plainCell(name, benchmark[name], page)]);
    groups.push(groupOf("comparison", [texts.words.figure, numberHead(texts.words.value)], rows));
  }
  if (deflated !== null) {
    const { ratio, percent, count } = page.formats;
    const four = (value: number): string => String(Math.round(value * 10_000) / 10_000);
    const rows: Cell[][] = [
      [texts.deflated.combinations.name, numberCell(deflated.combinations, count)],
      [texts.deflated.sharpe_deviation.name, numberCell(deflated.sharpe_deviation, four)],
      [texts.deflated.sharpe_threshold.name, numberCell(deflated.sharpe_threshold, four)],
      [texts.deflated.probability.name, numberCell(deflated.probability, percent)],
      [texts.figures.sharpe.name, numberCell(figures.sharpe, ratio)],
    ];
    groups.push(groupOf("sweep", [texts.words.figure, numberHead(texts.words.value)], rows));
  }
  return section("figures", texts.parts.figures, element("div", { class: "groups" }, groups));

  function groupOf(group: Group, heading: readonly Cell[], rows: readonly (readonly Cell[])[]): Element {
    return element("div", {}, element("h3", {}, texts.groups[group]), table(heading, rows));
  }
}

function figureCell(figures: Figures, name: FigureName, page: Page): Cell {
  const figure = figures[name];
  if (name === "final_value") return numberCell(figures.final_value, page.formats.money);
  if (typeof figure === "number" || figure === null) return plainCell(name, figure, page);
  const when = "date" in figure ? figure.date : "month_end" in figure ? figure.month_end.slice(0, 7) : figure.year;
  return { ...plainCell(name, figure.return, page), note: String(when) };
}

function plainCell(name: FigureName | ComparisonName, value: number | null, { formats }: Page) {
  if (value === null) return { text: undefinedMark, kind: "number" } as const;
  if (isRatio(name)) return { text: formats.ratio(value), kind: "number" } as const;
  // Percentages that are neither gains nor losses.
  const isReturn = name.startsWith("return") || name === "cagr" || name === "alpha";
  return isReturn
    ? (returnCell(value, formats) as Exclude<Cell, string>)
    : ({ text: formats.percent(value), kind: "number" } as const);
}
