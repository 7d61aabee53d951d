import { formatsOf, monthlyTable, yearlyBars } from "@strategy-executor/report";
import { useMemo } from "react";
import type { Outputs } from "../../../api/client.ts";
import { Figure } from "../../../charts/figure.tsx";
import { useFormats } from "../../../formats/formats.ts";
import { CsvButton } from "../../../parts/data/csv-button.tsx";
import { DataTable } from "../../../parts/data/data-table.tsx";
import { useTexts } from "../../../texts/texts.ts";

type Analysis = Outputs["getReport"];

/** Returns by month and by year. */
export function Returns({ analysis }: { readonly analysis: Analysis }) {
  const { execution, shared } = useTexts();
  const { result: texts } = execution;
  const { language, percent, gain } = useFormats();
  const { words } = useTexts().report;
  const rows = useMemo(() => analysis.monthly_returns.toReversed(), [analysis]);
  const months = useMemo(
    () =>
      monthlyTable({
        caption: texts.monthsSentence,
        rows,
        total: words.total,
        formats: formatsOf(language),
      }),
    [rows, texts, words, language],
  );
  const years = useMemo(
    () =>
      yearlyBars({
        caption: texts.years,
        years: analysis.years,
        account: shared.words.account,
        benchmark: analysis.benchmark?.name ?? null,
        formats: formatsOf(language),
        size: { width: 900, height: 240 },
      }),
    [analysis, texts, shared, language],
  );
  const { monthNames } = formatsOf(language);
  return (
    <>
      <Figure
        name={texts.months}
        sentence={texts.monthsSentence}
        figure={months}
        actions={
          <CsvButton
            name={texts.months}
            head={["year", ...Array.from({ length: 12 }, (_, month) => String(month + 1)), "total"]}
            rows={() => rows.map(({ year, months: values, total }) => [year, ...values, total])}
          />
        }
      >
        <DataTable
          name={texts.months}
          rows={rows}
          keyOf={({ year }) => year}
          columns={[
            { head: words.year, cell: ({ year }) => year },
            ...monthNames.map((month, index) => ({
              head: month,
              number: true,
              cell: ({ months: values }: (typeof rows)[number]) => percent(values[index]),
            })),
            { head: words.total, cell: ({ total }) => percent(total), number: true },
          ]}
        />
      </Figure>
      <Figure name={texts.years} sentence={texts.yearsSentence} figure={years}>
        <DataTable
          name={texts.years}
          rows={analysis.years.toReversed()}
          keyOf={({ year }) => year}
          csv={texts.years}
          columns={[
            { head: words.year, cell: ({ year, whole }) => (whole ? year : `${year}*`), csv: ({ year }) => year },
            { head: shared.words.account, cell: (row) => gain(row.return), csv: (row) => row.return, number: true },
            {
              head: analysis.benchmark?.name ?? shared.words.benchmark,
              cell: ({ benchmark_return }) => gain(benchmark_return),
              csv: ({ benchmark_return }) => benchmark_return,
              number: true,
            },
          ]}
        />
      </Figure>
    </>
  );
}
