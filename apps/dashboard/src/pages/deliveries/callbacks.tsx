import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { executionsOf } from "../../api/queries.ts";
import { useFormats } from "../../formats/formats.ts";
import { isLive } from "../../live/switch.ts";
import { useReread } from "../../live/use-news.ts";
import { Button } from "../../parts/controls/button.tsx";
import { DataTable } from "../../parts/data/data-table.tsx";
import { Code } from "../../parts/data/json-view.tsx";
import { Loaded } from "../../parts/feedback/loaded.tsx";
import { Empty } from "../../parts/feedback/notice.tsx";
import { State } from "../../parts/feedback/state.tsx";
import { Section } from "../../parts/layout/page.tsx";
import { useStore } from "../../settings/store.ts";
import { useTexts } from "../../texts/texts.ts";
import { callbackStateOf } from "../executions/columns.tsx";
import { MatchingAction } from "../executions/matching-actions.tsx";
import { SelectionActions } from "../executions/selection-actions.tsx";
import type { ExecutionRow } from "../executions/use-executions.ts";
import { toInput, toRedeliverable, useDeliveryFilter } from "./filter.ts";
import { DeliveryFilters } from "./filters.tsx";

/** The feed does not report delivery attempts. */
const rereadMs = 5_000;

/** The callbacks of all executions, newest first. */
export function Callbacks() {
  const { deliveries: texts, executions, shared } = useTexts();
  const { search, change } = useDeliveryFilter();
  const live = useStore(isLive);
  const query = useQuery({
    ...executionsOf(toInput(search), hasCallback),
    refetchInterval: live ? rereadMs : false,
  });
  useReread(["listExecutions"]);
  const [selected, setSelected] = useState<ReadonlySet<number>>(new Set());
  const redeliverable = toRedeliverable(search);
  return (
    <Section title={texts.callbacks}>
      <div className="stack">
        <DeliveryFilters />
        <Loaded query={query}>
          {({ executions: all, next_cursor }) => {
            const rows = all.filter(hasCallback);
            return (
              <>
                <div className="row">
                  <SelectionActions
                    only={["redeliver"]}
                    selected={rows.filter(({ execution_id }) => selected.has(execution_id))}
                  />
                  {redeliverable !== null && <MatchingAction name="redeliverCallbacks" filter={redeliverable} />}
                </div>
                {rows.length === 0 ? (
                  <Empty title={next_cursor === null ? texts.empty : texts.emptySoFar}>
                    <p>{texts.try}</p>
                    <Code label={texts.try} text="npm run callback:try" />
                  </Empty>
                ) : (
                  <Rows rows={rows} selected={selected} select={setSelected} />
                )}
                {(search.cursor !== undefined || next_cursor !== null) && (
                  <div className="row">
                    {search.cursor !== undefined && (
                      <Button onClick={() => change({ cursor: undefined })}>{shared.words.newest}</Button>
                    )}
                    {next_cursor !== null && (
                      <Button onClick={() => change({ cursor: next_cursor })}>{executions.older}</Button>
                    )}
                  </div>
                )}
              </>
            );
          }}
        </Loaded>
      </div>
    </Section>
  );
}

function Rows({
  rows,
  selected,
  select,
}: {
  readonly rows: readonly ExecutionRow[];
  readonly selected: ReadonlySet<number>;
  readonly select: (ids: ReadonlySet<number>) => void;
}) {
  const { deliveries: texts, executions } = useTexts();
  const formats = useFormats();
  const toggle = (id: number): void => {
    const next = new Set(selected);
    if (!next.delete(id)) next.add(id);
    select(next);
  };
  return (
    <DataTable
      name={texts.callbacks}
      rows={rows}
      keyOf={({ execution_id }) => execution_id}
      csv="callbacks"
      columns={[
        {
          head: <span className="hidden">{executions.columns.selectAll}</span>,
          cell: ({ execution_id: id }) => (
            <input
              type="checkbox"
              aria-label={executions.columns.select(id)}
              checked={selected.has(id)}
              onChange={() => toggle(id)}
            />
          ),
        },
        {
          head: texts.columns.execution,
          cell: ({ execution_id, label, strategy }) => (
            <>
              <Link to="/executions/$id" params={{ id: String(execution_id) }} search={{ tab: "callback" }}>
                {execution_id}
              </Link>{" "}
              <span className="muted small">{label ?? strategy}</span>
            </>
          ),
          csv: ({ execution_id }) => execution_id,
        },
        { head: texts.columns.state, cell: (row) => <State name={callbackStateOf(row)} />, csv: callbackStateOf },
        {
          head: texts.columns.url,
          cell: ({ callback }) => <code className="broken">{callback?.url}</code>,
          csv: ({ callback }) => callback?.url,
          wide: true,
        },
        {
          head: texts.columns.attempts,
          cell: ({ callback }) => `${callback?.attempts} / ${callback?.max_attempts}`,
          csv: ({ callback }) => callback?.attempts,
          number: true,
          wide: true,
        },
        {
          head: texts.columns.answer,
          cell: ({ callback }) => answerOf(callback?.response),
          csv: ({ callback }) => answerOf(callback?.response),
        },
        {
          head: `${texts.columns.ended} (${formats.zoneName})`,
          cell: ({ completed_at }) => <span className="number">{formats.shortInstant(completed_at)}</span>,
          csv: ({ completed_at }) => completed_at,
          wide: true,
        },
        {
          head: `${texts.columns.next} (${formats.zoneName})`,
          cell: ({ callback }) => <span className="number">{formats.shortInstant(callback?.next_attempt_at)}</span>,
          csv: ({ callback }) => callback?.next_attempt_at,
          wide: true,
        },
      ]}
    />
  );
}

function hasCallback({ callback }: Pick<ExecutionRow, "callback">): boolean {
  return callback !== null;
}

function answerOf(response: { readonly error: string } | { readonly status_code: number } | null | undefined): string {
  if (response === null || response === undefined) return "–";
  return "error" in response ? response.error : String(response.status_code);
}
