import type { Execution } from "@strategy-executor/client";
import { useState } from "react";
import { useFormats } from "../../../formats/formats.ts";
import { Button } from "../../../parts/controls/button.tsx";
import { CsvButton } from "../../../parts/data/csv-button.tsx";
import { DataTable } from "../../../parts/data/data-table.tsx";
import { Loaded } from "../../../parts/feedback/loaded.tsx";
import { Empty } from "../../../parts/feedback/notice.tsx";
import { Section } from "../../../parts/layout/page.tsx";
import { useTexts } from "../../../texts/texts.ts";
import { useSeries } from "./use-series.ts";

const pageSize = 60;

/** Every decision with its weights and its reason, the latest first. */
export function DecisionsTab({ execution }: { readonly execution: Execution }) {
  const { execution: texts, shared } = useTexts();
  const { decisions } = texts;
  const formats = useFormats();
  const query = useSeries(execution);
  const [count, setCount] = useState(pageSize);
  if (execution.status !== "completed") return <Empty title={texts.result.unfinished} />;
  return (
    <Section title={texts.tabs.decisions}>
      <Loaded query={query}>
        {({ weights }) => {
          const rows = weights.toReversed();
          return (
            <>
              <DataTable
                name={texts.tabs.decisions}
                rows={rows.slice(0, count)}
                keyOf={({ date }) => date}
                columns={[
                  { head: decisions.day, cell: ({ date }) => <span className="number">{date}</span> },
                  {
                    head: decisions.weights,
                    cell: ({ weights: held, hold }) =>
                      hold === true ? decisions.held : inWords(held, formats.percent) || texts.result.cash,
                  },
                  { head: decisions.mode, cell: ({ mode }) => mode ?? "–", wide: true },
                  { head: decisions.why, cell: ({ because }) => because, wide: true },
                ]}
              />
              <div className="row">
                {rows.length > count && (
                  <Button onClick={() => setCount(count + 10 * pageSize)}>{shared.words.more}</Button>
                )}
                <CsvButton
                  name={`decisions-${execution.execution_id}`}
                  head={["date", "weights", "mode", "because"]}
                  rows={() =>
                    rows.map(({ date, weights: held, mode, because }) => [date, JSON.stringify(held), mode, because])
                  }
                />
              </div>
            </>
          );
        }}
      </Loaded>
    </Section>
  );
}

/** `SPY 60.00%, BIL 40.00%`, largest first. */
function inWords(weights: Readonly<Record<string, number>>, percent: (value: number) => string): string {
  return Object.entries(weights)
    .filter(([, weight]) => weight !== 0)
    .toSorted(([, a], [, b]) => b - a)
    .map(([ticker, weight]) => `${ticker} ${percent(weight)}`)
    .join(", ");
}
