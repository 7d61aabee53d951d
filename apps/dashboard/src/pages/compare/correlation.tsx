import { useFormats } from "../../formats/formats.ts";
import { DataTable } from "../../parts/data/data-table.tsx";
import { Section } from "../../parts/layout/page.tsx";
import { useTexts } from "../../texts/texts.ts";
import type { Compared } from "./compared.ts";
import { correlationOf } from "./correlation-of.ts";

/** The correlation of monthly returns for each pair. */
export function Correlation({ compared }: { readonly compared: readonly Compared[] }) {
  const { compare: texts } = useTexts();
  const { ratio } = useFormats();
  const months = compared.map(
    ({ report }) => new Map(report.months.map((month) => [month.month_end.slice(0, 7), month.return])),
  );
  const between = (row: number, column: number): number | null => correlationOf(months[row]!, months[column]!);
  return (
    <Section title={texts.correlation}>
      <DataTable
        name={texts.correlation}
        rows={compared.map(({ name }, row) => ({ name, row }))}
        keyOf={({ row }) => row}
        csv="compare-correlation"
        columns={[
          { head: "", name: "execution", cell: ({ name }) => name, csv: ({ name }) => name },
          ...compared.map(({ id, name: head }, column) => ({
            head,
            name: String(id),
            number: true,
            cell: ({ row }: { readonly row: number }) => ratio(between(row, column)),
            csv: ({ row }: { readonly row: number }) => between(row, column),
          })),
        ]}
      />
    </Section>
  );
}
