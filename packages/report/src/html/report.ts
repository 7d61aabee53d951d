import { element } from "../element/element.ts";
import { toMarkup } from "../element/to-markup.ts";
import type { Language } from "../texts/texts.ts";
import { pageOf } from "./page.ts";
import type { ReportInput } from "./report-input.ts";
import { equitySection, rollingSection, underwaterSection } from "./sections/curves.ts";
import { tradesSection, weightsSection } from "./sections/decisions.ts";
import { crisesSection, drawdownsSection } from "./sections/falls.ts";
import { formulasSection } from "./sections/formulas.ts";
import { headSection } from "./sections/head.ts";
import { keyFiguresSection } from "./sections/key-figures.ts";
import { distributionSection, monthsSection, yearsSection } from "./sections/returns.ts";
import { style, styleHash } from "./style.ts";

export type { Decision, ReportInput, Trade } from "./report-input.ts";

/** The content security policy of a report: its own style, nothing else. The server sends it, the file holds it. */
export const reportPolicy = `default-src 'none'; style-src '${styleHash}'; base-uri 'none'; form-action 'none'`;

/**
 * A report as one HTML file without scripts, links or external resources, for screen and paper; at most
 * 400 KB. The same input gives the same bytes.
 */
export function renderReport(input: ReportInput, language: Language): string {
  const page = pageOf(language);
  const { strategy, execution_id } = input.analysis;
  const body = [
    headSection,
    keyFiguresSection,
    equitySection,
    yearsSection,
    monthsSection,
    underwaterSection,
    drawdownsSection,
    rollingSection,
    weightsSection,
    distributionSection,
    crisesSection,
    tradesSection,
    formulasSection,
  ].map((section) => toMarkup(section(input, page)));
  const head = [
    element("meta", { charset: "utf-8" }),
    element("meta", { "http-equiv": "Content-Security-Policy", content: reportPolicy }),
    element("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
    element("title", {}, page.texts.title(strategy, execution_id)),
  ].map(toMarkup);
  return `<!doctype html>\n<html lang="${language}">\n<head>${head.join("")}<style>${style}</style></head>\n<body>\n${body.join("\n")}\n</body>\n</html>\n`;
}
