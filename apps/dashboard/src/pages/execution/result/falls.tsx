import type { Outputs } from "../../../api/client.ts";
import { useFormats } from "../../../formats/formats.ts";
import { DataTable } from "../../../parts/data/data-table.tsx";
import { Section } from "../../../parts/layout/page.tsx";
import { useTexts } from "../../../texts/texts.ts";

type Analysis = Outputs["getReport"];

/** The ten deepest drawdowns. */
export function Falls({ analysis }: { readonly analysis: Analysis }) {
  const { result: texts } = useTexts().execution;
  const { count, percent } = useFormats();
  const heads = texts.fallHeads;
  if (analysis.drawdowns.length === 0) return null;
  return (
    <Section title={texts.falls}>
      <DataTable
        name={texts.falls}
        rows={analysis.drawdowns}
        keyOf={({ peak_day }) => peak_day}
        csv={`drawdowns-${analysis.execution_id}`}
        columns={[
          { head: heads.depth, cell: ({ depth }) => percent(depth), csv: ({ depth }) => depth, number: true },
          { head: heads.peak, cell: ({ peak_day }) => peak_day, csv: ({ peak_day }) => peak_day },
          { head: heads.valley, cell: ({ valley_day }) => valley_day, csv: ({ valley_day }) => valley_day },
          {
            head: heads.recovery,
            cell: ({ recovery_day }) => recovery_day ?? heads.open,
            csv: ({ recovery_day }) => recovery_day,
          },
          {
            head: heads.down,
            cell: ({ days_down }) => count(days_down),
            csv: ({ days_down }) => days_down,
            number: true,
            wide: true,
          },
          {
            head: heads.back,
            cell: ({ days_back }) => (days_back === null ? "–" : count(days_back)),
            csv: ({ days_back }) => days_back,
            number: true,
            wide: true,
          },
        ]}
      />
    </Section>
  );
}
