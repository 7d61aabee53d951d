import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { listOf } from "../../api/queries.ts";
import { useFormats } from "../../formats/formats.ts";
import { useReread } from "../../live/use-news.ts";
import { Button } from "../../parts/controls/button.tsx";
import { DataTable } from "../../parts/data/data-table.tsx";
import { Code } from "../../parts/data/json-view.tsx";
import { Loaded } from "../../parts/feedback/loaded.tsx";
import { Empty } from "../../parts/feedback/notice.tsx";
import { State } from "../../parts/feedback/state.tsx";
import { Section } from "../../parts/layout/page.tsx";
import { useTexts } from "../../texts/texts.ts";
import { callbackStateOf } from "../executions/columns.tsx";
import { MatchingAction } from "../executions/matching-actions.tsx";
import { SelectionActions } from "../executions/selection-actions.tsx";
import { useState } from "react";

const route = getRouteApi("/shell/deliveries");
const states = ["given_up", "due", "delivered"] as const;

/** The callbacks of all executions. */
export function Callbacks() {
  const { deliveries: texts, executions, shared } = useTexts();
  const formats = useFormats();
  const { state, cursor } = route.useSearch();
  const navigate = useNavigate({ from: "/deliveries" });
  const query = useQuery(
    listOf("listExecutions", {
      limit: 100,
      ...(state !== undefined && { callback: state as (typeof states)[number] }),
      ...(cursor !== undefined && { cursor }),
    }),
  );
  useReread(["listExecutions"]);
  const [selected, setSelected] = useState<ReadonlySet<number>>(new Set());
  const toggle = (id: number): void => {
    const next = new Set(selected);
    if (!next.delete(id)) next.add(id);
    setSelected(next);
  };
  return (
    <Section
      title={texts.callbacks}
      actions={
        <select
          aria-label={texts.state}
          value={state ?? ""}
          onChange={({ target }) => void navigate({ search: { state: target.value }, replace: true })}
        >
          <option value="">{texts.all}</option>
          {states.map((name) => (
            <option key={name} value={name}>
              {shared.states[name]}
            </option>
          ))}
        </select>
      }
    >
      <Loaded query={query}>
        {({ executions: all, next_cursor }) => {
          const rows = all.filter(({ callback }) => callback !== null);
          return (
            <div className="stack">
              {rows.length === 0 ? (
                <Empty title={texts.empty}>
                  <p>{texts.try}</p>
                  <Code label={texts.try} text="npm run callback:try" />
                </Empty>
              ) : (
                <>
                  <div className="row">
                    <SelectionActions
                      only={["redeliver"]}
                      selected={rows.filter(({ execution_id }) => selected.has(execution_id))}
                    />
                    {state === "given_up" && (
                      <MatchingAction name="redeliverCallbacks" filter={{ until: new Date().toISOString() }} />
                    )}
                  </div>
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
                            <Link
                              to="/executions/$id"
                              params={{ id: String(execution_id) }}
                              search={{ tab: "callback" }}
                            >
                              {execution_id}
                            </Link>{" "}
                            <span className="muted small">{label ?? strategy}</span>
                          </>
                        ),
                        csv: ({ execution_id }) => execution_id,
                      },
                      {
                        head: texts.columns.state,
                        cell: (row) => <State name={callbackStateOf(row)} />,
                        csv: callbackStateOf,
                      },
                      {
                        head: texts.columns.url,
                        cell: ({ callback }) => <code>{callback?.url}</code>,
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
                        head: texts.columns.next,
                        cell: ({ callback }) => formats.instant(callback?.next_attempt_at),
                        csv: ({ callback }) => callback?.next_attempt_at,
                        wide: true,
                      },
                    ]}
                  />
                </>
              )}
              {next_cursor !== null && (
                <div className="row">
                  <Button
                    onClick={() => void navigate({ search: (old) => ({ ...old, cursor: next_cursor }), replace: true })}
                  >
                    {executions.older}
                  </Button>
                </div>
              )}
            </div>
          );
        }}
      </Loaded>
    </Section>
  );
}

function answerOf(response: { readonly error: string } | { readonly status_code: number } | null | undefined): string {
  if (response === null || response === undefined) return "–";
  return "error" in response ? response.error : String(response.status_code);
}
