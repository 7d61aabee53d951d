import { element, type Element } from "../../element/element.ts";
import { type Cell, cut, type Page, table } from "../page.ts";
import type { ReportInput } from "../report-input.ts";

const [maxParameters, maxLetters] = [40, 120];

/** The strategy, its parameters and the period. */
export function headSection({ analysis }: ReportInput, { texts, formats }: Page): Element {
  const { strategy, execution_id, period, figures, risk_free, benchmark, data_sha256, conventions, parameters } =
    analysis;
  const { words, sentences } = texts;
  const capital = figures.final_value / (1 + figures.return);
  const facts: Cell[][] = [
    [words.capital, formats.money(capital)],
    [words.finalValue, formats.money(figures.final_value)],
    [words.benchmark, benchmark?.name ?? words.none],
    [words.riskFree, formats.percent(risk_free)],
  ];
  const given = Object.entries(parameters)
    .slice(0, maxParameters)
    .map(([name, value]) => [
      cut(name, 60),
      cut(typeof value === "string" ? value : JSON.stringify(value), maxLetters),
    ]);
  return element(
    "section",
    { id: "head" },
    element("h1", {}, texts.title(strategy, execution_id)),
    element(
      "p",
      {},
      sentences.period({
        first: period.first_day,
        last: period.last_day,
        days: formats.count(period.trading_days),
        years: formats.ratio(period.years),
      }),
    ),
    element(
      "div",
      { class: "groups" },
      element("div", {}, table([words.figure, words.value], facts)),
      element("div", {}, table([words.parameter, words.value], given)),
    ),
    element("h3", {}, words.dataHash),
    element("p", { class: "hash" }, data_sha256),
    element("h3", {}, words.conventions),
    element(
      "ul",
      { lang: "en" },
      conventions.map((convention) => element("li", {}, cut(convention, 500))),
    ),
  );
}
