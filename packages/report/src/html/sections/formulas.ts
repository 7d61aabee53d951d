import { comparisonNames } from "../../analysis.ts";
import { element, type Element } from "../../element/element.ts";
import { type Page, paragraph, section } from "../page.ts";
import type { ReportInput } from "../report-input.ts";
import { figuresByGroup } from "../../key-figures.ts";

/** How each figure is defined. */
export function formulasSection({ analysis }: ReportInput, { texts }: Page): Element {
  const shown = [
    ...Object.values(figuresByGroup)
      .flat()
      .map((name) => texts.figures[name]),
    ...(analysis.benchmark === null ? [] : comparisonNames.map((name) => texts.comparison[name])),
    ...(analysis.deflated_sharpe === null ? [] : Object.values(texts.deflated)),
  ];
  return section(
    "formulas",
    texts.parts.formulas,
    paragraph(texts.sentences.formulas),
    element(
      "dl",
      { class: "formulas" },
      shown.flatMap(({ name, formula }) => [element("dt", {}, name), element("dd", {}, formula)]),
    ),
  );
}
