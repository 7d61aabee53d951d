import { element, type Element } from "../../element/element.ts";
import { histogram } from "../../figures/histogram.ts";
import { monthlyTable } from "../../figures/monthly-table.ts";
import { yearlyBars } from "../../figures/yearly-bars.ts";
import { type Cell, figure, numberHead, type Page, paragraph, returnCell, section, table } from "../page.ts";
import type { ReportInput } from "../report-input.ts";

/** Maximum years shown: the latest ones. */
const maxYears = 40;

export function yearsSection({ analysis }: ReportInput, { texts, formats }: Page): Element {
  const years = analysis.years.slice(-maxYears);
  const { benchmark } = analysis;
  const whole = analysis.years.filter((year) => year.whole);
  const caption =
    whole.length === 0
      ? texts.sentences.noYears
      : texts.sentences.years({
          whole: formats.count(whole.length),
          won: formats.count(whole.filter((year) => (year.return ?? 0) > 0).length),
        });
  const heads: Cell[] = [texts.words.year, numberHead(texts.words.account)];
  if (benchmark !== null) heads.push(numberHead(benchmark.name));
  const rows = years.map((year) => {
    const row: Cell[] = [formats.year(year.year, year.whole), returnCell(year.return, formats)];
    if (benchmark !== null) row.push(returnCell(year.benchmark_return, formats));
    return row;
  });
  return section(
    "years",
    texts.parts.years,
    paragraph(caption),
    latestOnly(analysis.years, texts),
    years.every((year) => year.return === null)
      ? null
      : figure(
          "",
          yearlyBars({ caption, years, account: texts.words.account, benchmark: benchmark?.name ?? null, formats }),
        ),
    element("div", { class: "narrow" }, table(heads, rows)),
    years.some((year) => !year.whole) ? paragraph(texts.sentences.partOfYear) : null,
  );
}

export function monthsSection({ analysis }: ReportInput, { texts, formats }: Page): Element {
  const caption = texts.sentences.monthly;
  const rows = analysis.monthly_returns.slice(-maxYears);
  return section(
    "months",
    texts.parts.months,
    paragraph(caption),
    latestOnly(analysis.monthly_returns, texts),
    figure("", monthlyTable({ caption: texts.parts.months, rows, total: texts.words.total, formats })),
  );
}

export function distributionSection({ analysis }: ReportInput, { texts, formats }: Page): Element {
  const values = analysis.months.map((month) => month.return);
  const caption =
    values.length === 0
      ? texts.sentences.noMonths
      : texts.sentences.distribution({
          count: formats.count(values.length),
          won: formats.count(values.filter((value) => value > 0).length),
        });
  return section(
    "distribution",
    texts.parts.distribution,
    paragraph(caption),
    values.length === 0 ? null : figure("", histogram({ caption, values, formats })),
  );
}

/** A note when not all years are shown. */
function latestOnly(years: readonly unknown[], { sentences }: Page["texts"]): Element | null {
  return years.length > maxYears ? paragraph(sentences.latestYears(maxYears)) : null;
}
