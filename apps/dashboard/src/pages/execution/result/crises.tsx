import type { Outputs } from "../../../api/client.ts";
import { useFormats } from "../../../formats/formats.ts";
import { DataTable } from "../../../parts/data/data-table.tsx";
import { Section } from "../../../parts/layout/page.tsx";
import { useTexts } from "../../../texts/texts.ts";

type Analysis = Outputs["getReport"];

/** Returns during the crises within the period. */
export function Crises({ analysis }: { readonly analysis: Analysis }) {
  const { result: texts } = useTexts().execution;
  const { gain, percent } = useFormats();
  const { words } = useTexts().report;
  const within = analysis.crises.filter((crisis) => crisis.return !== null);
  if (within.length === 0) return null;
  return (
    <Section title={texts.crises}>
      <DataTable
        name={texts.crises}
        rows={within}
        keyOf={({ from }) => from}
        csv={`crises-${analysis.execution_id}`}
        columns={[
          { head: words.crisis, cell: ({ from, to }) => `${from} – ${to}`, csv: ({ from, to }) => `${from}/${to}` },
          { head: words.return, cell: (row) => gain(row.return), csv: (row) => row.return, number: true },
          {
            head: words.maxDrawdown,
            cell: ({ max_drawdown }) => percent(max_drawdown),
            csv: ({ max_drawdown }) => max_drawdown,
            number: true,
          },
          {
            head: analysis.benchmark?.name ?? texts.benchmark,
            cell: ({ benchmark_return }) => gain(benchmark_return),
            csv: ({ benchmark_return }) => benchmark_return,
            number: true,
            wide: true,
          },
        ]}
      />
    </Section>
  );
}
