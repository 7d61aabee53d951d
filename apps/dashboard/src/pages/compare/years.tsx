import { useFormats } from "../../formats/formats.ts";
import { DataTable } from "../../parts/data/data-table.tsx";
import { Section } from "../../parts/layout/page.tsx";
import { useTexts } from "../../texts/texts.ts";
import type { Compared } from "./compared.ts";
import styles from "./years.module.css";

/** Yearly returns as grouped bars. */
export function Years({ compared }: { readonly compared: readonly Compared[] }) {
  const { compare: texts } = useTexts();
  const { gain } = useFormats();
  const tables = compared.map(({ report }) => new Map(report.years.map((year) => [year.year, year.return])));
  const years = [...new Set(tables.flatMap((table) => [...table.keys()]))].toSorted((a, b) => b - a);
  const largest = Math.max(
    0.01,
    ...tables.flatMap((table) => [...table.values()].map((value) => Math.abs(value ?? 0))),
  );
  return (
    <Section title={texts.years}>
      <DataTable<number>
        name={texts.years}
        rows={years}
        keyOf={(year) => year}
        csv="compare-years"
        columns={[
          { head: texts.year, cell: (year) => year, csv: (year) => year },
          ...compared.map(({ id, name: head }, index) => ({
            head,
            name: String(id),
            number: true,
            csv: (year: number) => tables[index]!.get(year),
            cell: (year: number) => {
              const value = tables[index]!.get(year) ?? null;
              return (
                <span className={styles.year}>
                  {value !== null && (
                    <span
                      className={value < 0 ? styles.loss : styles.gain}
                      style={{ width: `${(Math.abs(value) / largest) * 64}px` }}
                    />
                  )}
                  {gain(value)}
                </span>
              );
            },
          })),
        ]}
      />
    </Section>
  );
}
