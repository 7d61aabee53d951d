import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { useFormats } from "../../formats/formats.ts";
import { isLive } from "../../live/switch.ts";
import { useStore } from "../../settings/store.ts";
import { Button, ButtonLink } from "../../parts/controls/button.tsx";
import { type Column, DataTable } from "../../parts/data/data-table.tsx";
import { Loaded } from "../../parts/feedback/loaded.tsx";
import { Empty } from "../../parts/feedback/notice.tsx";
import { Page } from "../../parts/layout/page.tsx";
import { useTexts } from "../../texts/texts.ts";
import { useExecutionColumns } from "./columns.tsx";
import styles from "./executions.module.css";
import { toCancellable, toRedeliverable, useFilter } from "./filter.ts";
import { Filters } from "./filters.tsx";
import { MatchingAction } from "./matching-actions.tsx";
import { Inspector } from "./inspector.tsx";
import { SelectionActions } from "./selection-actions.tsx";
import { toInput } from "./to-input.ts";
import { type ExecutionRow, useExecutions } from "./use-executions.ts";

/** All executions, newest first. */
export function Executions() {
  const { executions: texts, shared } = useTexts();
  const { search, change } = useFilter();
  const formats = useFormats();
  const queries = useQueryClient();
  const { query, rows = [], next, fresh, maxCounted } = useExecutions(toInput(search));
  const [selected, setSelected] = useState<ReadonlySet<number>>(new Set());
  const plain = useExecutionColumns();
  const open = Number(search.open);
  // The inspector takes the room of a column that it shows.
  const shown = plain.filter(({ name }) => !(open > 0) || name !== texts.columns.accepted);
  const columns = [...withSelection(shown, rows, selected, setSelected, texts.columns), inspect()];
  useLiveInAddress(search.live, (live) => change({ live, cursor: search.cursor }));
  const isFiltered = Object.keys(search).some((name) => !["cursor", "open", "live"].includes(name));
  const isEmpty = query.data !== undefined && rows.length === 0 && next === null;
  const cancellable = toCancellable(search);
  const redeliverable = toRedeliverable(search);
  return (
    <Page
      title={texts.title}
      actions={
        <ButtonLink needs="execute" kind="main" to="/new">
          {texts.actions.newExecution}
        </ButtonLink>
      }
    >
      <Filters />
      {!isEmpty && (
        <div className="row">
          <SelectionActions selected={rows.filter(({ execution_id }) => selected.has(execution_id))} />
          {cancellable !== null && <MatchingAction name="cancelExecutions" filter={cancellable} />}
          {redeliverable !== null && <MatchingAction name="redeliverCallbacks" filter={redeliverable} />}
        </div>
      )}
      {fresh > 0 && (
        <Button
          className={styles.fresh}
          onClick={() => void queries.invalidateQueries({ queryKey: ["listExecutions"] })}
        >
          {texts.fresh(fresh >= maxCounted ? `${formats.count(maxCounted)}+` : formats.count(fresh))}
        </Button>
      )}
      <div className={open > 0 ? `${styles.split} ${styles.withInspector}` : styles.split}>
        <Loaded query={query}>
          {() =>
            rows.length === 0 ? (
              <NothingThere isFiltered={isFiltered} older={next} search={(cursor) => change({ cursor })} />
            ) : (
              <DataTable
                name={texts.title}
                columns={columns}
                rows={rows}
                keyOf={({ execution_id }) => execution_id}
                csv="executions"
                footer={
                  <>
                    {search.cursor !== undefined && (
                      <Button onClick={() => change({ cursor: undefined })}>{shared.words.newest}</Button>
                    )}
                    {next !== null && <Button onClick={() => change({ cursor: next })}>{texts.older}</Button>}
                  </>
                }
              />
            )
          }
        </Loaded>
        {open > 0 && <Inspector id={open} close={() => change({ open: undefined, cursor: search.cursor })} />}
      </div>
    </Page>
  );

  function inspect(): Column<ExecutionRow> {
    return {
      head: <span className="hidden">{texts.inspector.open}</span>,
      cell: ({ execution_id }) => (
        <Button
          kind="quiet"
          aria-pressed={open === execution_id}
          aria-label={texts.inspect(execution_id)}
          onClick={() => change({ open: String(execution_id), cursor: search.cursor })}
        >
          ›
        </Button>
      ),
      wide: true,
    };
  }
}

/** The live switch is part of the address: a link with `live=off` opens a list that stands still. */
function useLiveInAddress(given: string | undefined, change: (live: string | undefined) => void): void {
  const live = useStore(isLive);
  const before = useRef(live);
  const write = useEffectEvent(change);
  useEffect(() => {
    const isSwitched = before.current !== live;
    before.current = live;
    if (live === (given !== "off")) return;
    if (live && !isSwitched) isLive.set(false);
    else write(live ? undefined : "off");
  }, [live, given]);
}

function NothingThere({
  isFiltered,
  older,
  search,
}: {
  readonly isFiltered: boolean;
  /** Where the service stopped looking; null if there is nothing older. */
  readonly older: string | null;
  readonly search: (cursor: string) => void;
}) {
  const { empty, older: searchOlder } = useTexts().executions;
  return isFiltered ? (
    <Empty
      title={older === null ? empty.filtered : empty.soFar}
      actions={
        <>
          {older !== null && <Button onClick={() => search(older)}>{searchOlder}</Button>}
          <ButtonLink to="/executions" search={{}}>
            {empty.clear}
          </ButtonLink>
        </>
      }
    />
  ) : (
    <Empty
      title={empty.none}
      actions={
        <ButtonLink needs="execute" kind="main" to="/new">
          {empty.run}
        </ButtonLink>
      }
    />
  );
}

/** The number column with a checkbox for each row, and one for all. */
function withSelection(
  [number, ...others]: readonly Column<ExecutionRow>[],
  rows: readonly ExecutionRow[],
  selected: ReadonlySet<number>,
  setSelected: (ids: ReadonlySet<number>) => void,
  texts: { readonly select: (id: number) => string; readonly selectAll: string; readonly number: string },
): readonly Column<ExecutionRow>[] {
  const ids = rows.map(({ execution_id }) => execution_id);
  const all = ids.length > 0 && ids.every((id) => selected.has(id));
  const toggle = (id: number): void => {
    const next = new Set(selected);
    if (!next.delete(id)) next.add(id);
    setSelected(next);
  };
  const selectable: Column<ExecutionRow> = {
    ...number!,
    name: texts.number,
    head: (
      <span className={styles.number}>
        <input
          type="checkbox"
          aria-label={texts.selectAll}
          checked={all}
          onChange={() => setSelected(new Set(all ? [] : ids))}
        />
        {texts.number}
      </span>
    ),
    cell: (row) => (
      <span className={styles.number}>
        <input
          type="checkbox"
          aria-label={texts.select(row.execution_id)}
          checked={selected.has(row.execution_id)}
          onChange={() => toggle(row.execution_id)}
        />
        {number!.cell(row)}
      </span>
    ),
  };
  return [selectable, ...others];
}
