import { useState } from "react";
import { DataTable } from "../../parts/data/data-table.tsx";
import { Section } from "../../parts/layout/page.tsx";
import { useTexts } from "../../texts/texts.ts";
import type { Compared } from "./compared.ts";

/** The parameters that differ; all of them on demand. */
export function Parameters({ compared }: { readonly compared: readonly Compared[] }) {
  const { compare: texts, shared } = useTexts();
  const [isAll, setAll] = useState(false);
  const valuesOf = (name: string): readonly string[] =>
    compared.map(({ execution }) =>
      name === "strategy"
        ? `${execution.strategy} ${execution.version}`
        : JSON.stringify(execution.execution_parameters[name] ?? null),
    );
  const names = [
    "strategy",
    ...new Set(compared.flatMap(({ execution }) => Object.keys(execution.execution_parameters))),
  ];
  const rows = names.filter((name) => isAll || new Set(valuesOf(name)).size > 1);
  return (
    <Section
      title={texts.parameters}
      actions={
        <label className="small">
          <input type="checkbox" checked={isAll} onChange={(event) => setAll(event.target.checked)} />{" "}
          {texts.allParameters}
        </label>
      }
    >
      {rows.length === 0 ? (
        <p className="muted">{texts.same}</p>
      ) : (
        <DataTable<string>
          name={texts.parameters}
          rows={rows}
          keyOf={(name) => name}
          csv="compare-parameters"
          columns={[
            {
              head: texts.parameter,
              cell: (name) => (name === "strategy" ? shared.words.strategy : <code>{name}</code>),
              csv: (name) => name,
            },
            ...compared.map(({ id, name: head }, index) => ({
              head,
              name: String(id),
              cell: (name: string) => valuesOf(name)[index],
              csv: (name: string) => valuesOf(name)[index],
            })),
          ]}
        />
      )}
    </Section>
  );
}
