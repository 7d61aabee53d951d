import type { FigureName } from "@strategy-executor/report";
import { figuresByGroup, isRatio } from "@strategy-executor/report/key-figures";
import { useState } from "react";
import { useFormats } from "../../formats/formats.ts";
import { DataTable } from "../../parts/data/data-table.tsx";
import { Section } from "../../parts/layout/page.tsx";
import { useTexts } from "../../texts/texts.ts";
import { figureText, numberOf } from "../execution/result/key-figures.tsx";
import styles from "./compare.module.css";
import type { Compared } from "./compared.ts";

const few: readonly FigureName[] = [
  "final_value",
  "return",
  "cagr",
  "volatility",
  "sharpe",
  "sortino",
  "max_drawdown",
  "calmar",
  "ulcer_index",
  "turnover",
  "exposure",
  "best_year",
  "worst_year",
];

/** Figures as columns, with the difference to the first execution. */
export function Figures({ compared }: { readonly compared: readonly Compared[] }) {
  const { compare: texts } = useTexts();
  const formats = useFormats();
  const { figures: names } = useTexts().report;
  const [isAll, setAll] = useState(false);
  const rows = isAll ? Object.values(figuresByGroup).flat() : few;
  const base = compared[0]!.report.figures;
  const difference = (name: FigureName, value: number | null): string | null => {
    const first = numberOf(base, name);
    if (first === null || value === null || first === value) return null;
    const by = value - first;
    const sign = by > 0 ? "+" : "-";
    const text =
      name === "final_value"
        ? formats.shortMoney(Math.abs(by))
        : isRatio(name)
          ? formats.ratio(Math.abs(by))
          : formats.percent(Math.abs(by));
    return sign + text;
  };
  return (
    <Section
      title={texts.figures}
      actions={
        <label className="small">
          <input type="checkbox" checked={isAll} onChange={(event) => setAll(event.target.checked)} />{" "}
          {texts.allFigures}
        </label>
      }
    >
      <DataTable<FigureName>
        name={texts.figures}
        rows={rows}
        keyOf={(name) => name}
        csv="compare-figures"
        columns={[
          { head: texts.figure, cell: (name) => names[name].name, csv: (name) => name },
          ...compared.map(({ id, name: head, report }, index) => ({
            head,
            name: String(id),
            number: true,
            cell: (name: FigureName) => (
              <>
                {figureText(report.figures, name, formats)}
                {index > 0 && (
                  <span className={styles.difference}>{difference(name, numberOf(report.figures, name)) ?? "="}</span>
                )}
              </>
            ),
            csv: (name: FigureName) => numberOf(report.figures, name),
          })),
        ]}
      />
    </Section>
  );
}
