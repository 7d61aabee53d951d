import type { Execution } from "@strategy-executor/client";
import { useQuery } from "@tanstack/react-query";
import { queryOf } from "../../../api/queries.ts";
import { useCurl } from "../../../parts/data/curl.ts";
import { DataTable } from "../../../parts/data/data-table.tsx";
import { JsonView } from "../../../parts/data/json-view.tsx";
import { Section } from "../../../parts/layout/page.tsx";
import { useTexts } from "../../../texts/texts.ts";
import styles from "../execution.module.css";

interface Schema {
  readonly properties?: Readonly<Record<string, { readonly default?: unknown }>>;
}

/** The parameters. Those that differ from the defaults are marked. */
export function ParametersTab({ execution }: { readonly execution: Execution }) {
  const { execution: texts } = useTexts();
  const { parameters } = texts;
  const curlOf = useCurl();
  const { strategy, execution_parameters: given } = execution;
  const { data } = useQuery({ ...queryOf("getStrategy", { name: strategy }), staleTime: 60_000 });
  const { properties = {} } = (data?.parameters ?? {}) as Schema;
  const rows = Object.entries(given).map(([name, value]) => ({
    name,
    value,
    usual: properties[name]?.default ?? null,
  }));
  const differs = (row: (typeof rows)[number]): boolean => JSON.stringify(row.value) !== JSON.stringify(row.usual);
  return (
    <>
      <Section title={parameters.title}>
        <DataTable
          name={parameters.title}
          rows={rows}
          keyOf={({ name }) => name}
          csv={`parameters-${execution.execution_id}`}
          columns={[
            { head: parameters.name, cell: ({ name }) => <code>{name}</code>, csv: ({ name }) => name },
            {
              head: parameters.value,
              cell: (row) => (
                <span className={differs(row) ? styles.differs : undefined}>
                  {JSON.stringify(row.value)}
                  {differs(row) && <span className="hidden"> {parameters.differs}</span>}
                </span>
              ),
              csv: ({ value }) => JSON.stringify(value),
            },
            {
              head: parameters.usual,
              cell: ({ usual }) => <span className="muted">{JSON.stringify(usual)}</span>,
              csv: ({ usual }) => JSON.stringify(usual),
              wide: true,
            },
          ]}
        />
      </Section>
      <JsonView
        label={parameters.title}
        value={given}
        curl={curlOf("/strategies/execute/", { strategy_name: strategy, parameters: given })}
      />
    </>
  );
}
