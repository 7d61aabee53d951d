import { comparisonNames, type ComparisonName, type FigureName } from "@strategy-executor/report";
import { figuresByGroup, isRatio } from "@strategy-executor/report/key-figures";
import { useState } from "react";
import type { Outputs } from "../../../api/client.ts";
import { type Formats, none, useFormats } from "../../../formats/formats.ts";
import { type Column, DataTable } from "../../../parts/data/data-table.tsx";
import { Section } from "../../../parts/layout/page.tsx";
import { Tile, Tiles } from "../../../parts/layout/tiles.tsx";
import { useTexts } from "../../../texts/texts.ts";

type Analysis = Outputs["getReport"];
type Figures = Analysis["figures"];
type ReportTexts = ReturnType<typeof useTexts>["report"];

const headline = ["final_value", "return", "cagr", "volatility", "sharpe", "max_drawdown", "calmar"] as const;

/** The most important figures. */
export function Headline({ analysis }: { readonly analysis: Analysis }) {
  const formats = useFormats();
  const { figures: texts } = useTexts().report;
  return (
    <Tiles>
      {headline.map((name) => {
        const value = analysis.figures[name];
        const isGain = name === "return" || name === "cagr";
        return (
          <Tile
            key={name}
            name={<span title={texts[name].formula}>{texts[name].name}</span>}
            value={figureText(analysis.figures, name, formats)}
            tone={!isGain || value === null || value === 0 ? undefined : value > 0 ? "gain" : "loss"}
            note={
              analysis.benchmark === null
                ? undefined
                : `${analysis.benchmark.name} ${figureText(analysis.benchmark.figures, name, formats)}`
            }
          />
        );
      })}
    </Tiles>
  );
}

interface Row {
  readonly key: string;
  readonly group: string;
  readonly name: string;
  readonly formula: string;
  readonly account: string;
  readonly benchmark: string;
  readonly values: readonly (number | null)[];
}

/** Every figure beside that of the benchmark, with its formula on demand. */
export function KeyFigures({ analysis }: { readonly analysis: Analysis }) {
  const { result: texts } = useTexts().execution;
  const { report, shared } = useTexts();
  const { words } = shared;
  const formats = useFormats();
  const [withFormulas, setWithFormulas] = useState(false);
  const { benchmark } = analysis;
  const columns: Column<Row>[] = [
    { head: texts.figure, cell: ({ name }) => name, csv: ({ name }) => name },
    { head: words.account, cell: ({ account }) => account, csv: ({ values }) => values[0], number: true },
  ];
  if (benchmark !== null) {
    columns.push({
      head: benchmark.name,
      cell: (row) => row.benchmark,
      csv: ({ values }) => values[1],
      number: true,
    });
  }
  if (withFormulas)
    columns.push({ head: texts.formula, cell: ({ formula }) => <span className="small muted">{formula}</span> });
  return (
    <Section
      title={texts.keyFigures}
      actions={
        <label className="small">
          <input type="checkbox" checked={withFormulas} onChange={(event) => setWithFormulas(event.target.checked)} />{" "}
          {texts.formula}
        </label>
      }
    >
      <DataTable
        name={texts.keyFigures}
        rows={rowsOf(analysis, formats, report)}
        keyOf={({ key }) => key}
        columns={columns}
        csv={`key-figures-${analysis.execution_id}`}
      />
    </Section>
  );
}

function rowsOf({ figures, benchmark }: Analysis, formats: Formats, texts: ReportTexts): Row[] {
  const rows = Object.entries(figuresByGroup).flatMap(([group, names]) =>
    names.map((name): Row => {
      const text = texts.figures[name];
      return {
        key: name,
        group,
        ...text,
        account: figureText(figures, name, formats),
        benchmark: benchmark === null ? none : figureText(benchmark.figures, name, formats),
        values: [numberOf(figures, name), benchmark === null ? null : numberOf(benchmark.figures, name)],
      };
    }),
  );
  if (benchmark === null) return rows;
  return [
    ...rows,
    ...comparisonNames.map((name) => ({
      key: name,
      group: "comparison",
      ...texts.comparison[name],
      account: numberText(name, benchmark[name], formats),
      benchmark: none,
      values: [benchmark[name]],
    })),
  ];
}

/** A formatted figure, with its day, month or year if it has one. */
export function figureText(figures: Figures, name: FigureName, formats: Formats): string {
  const value = figures[name];
  if (name === "final_value") return formats.money(figures.final_value);
  if (value === null || typeof value === "number") return numberText(name, value, formats);
  const when = "date" in value ? value.date : "month_end" in value ? value.month_end.slice(0, 7) : value.year;
  return `${numberText(name, value.return, formats)} (${when})`;
}

/** The number of a figure. */
export function numberOf(figures: Figures, name: FigureName): number | null {
  const value = figures[name];
  return value === null || typeof value === "number" ? value : value.return;
}

function numberText(name: FigureName | ComparisonName, value: number | null, formats: Formats): string {
  return isRatio(name) ? formats.ratio(value) : formats.percent(value);
}
