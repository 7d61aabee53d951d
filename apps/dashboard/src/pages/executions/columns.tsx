import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { queryOf } from "../../api/queries.ts";
import { useFormats } from "../../formats/formats.ts";
import type { Column } from "../../parts/data/data-table.tsx";
import { useNow } from "../../parts/feedback/now.ts";
import { State } from "../../parts/feedback/state.tsx";
import { useTexts } from "../../texts/texts.ts";
import { differencesOf } from "./differences.ts";
import styles from "./executions.module.css";
import type { ExecutionRow } from "./use-executions.ts";

const chipsShown = 4;

export type CallbackState = "waiting" | "due" | "delivered" | "given_up" | "none";

/** The state of an execution's callback. */
export function callbackStateOf({
  callback,
  completed_at,
}: Pick<ExecutionRow, "callback" | "completed_at">): CallbackState {
  if (callback === null) return "none";
  if (callback.sent) return "delivered";
  if (completed_at === null) return "waiting";
  return callback.next_attempt_at === null && callback.attempts >= callback.max_attempts ? "given_up" : "due";
}

/** The columns of every list of executions. */
export function useExecutionColumns(): readonly Column<ExecutionRow>[] {
  const { executions: texts, shared } = useTexts();
  const formats = useFormats();
  const now = useNow();
  const { data } = useQuery({ ...queryOf("listStrategies", {}), staleTime: 60_000 });
  const schemas = new Map(data?.strategies.map(({ name, parameters }) => [name, parameters]));
  const { columns } = texts;
  return [
    {
      head: columns.number,
      cell: ({ execution_id }) => (
        <Link to="/executions/$id" params={{ id: String(execution_id) }} className="number">
          {execution_id}
        </Link>
      ),
      csv: ({ execution_id }) => execution_id,
    },
    {
      head: columns.what,
      name: shared.words.strategy,
      cell: (row) => {
        const differences = differencesOf(row.execution_parameters, schemas.get(row.strategy));
        return (
          <div className={styles.what}>
            <span>{row.label ?? row.strategy}</span>
            {row.label !== null && <span className="muted small">{row.strategy}</span>}
            {differences.slice(0, chipsShown).map((difference) => (
              <span key={difference} className={styles.difference}>
                {difference}
              </span>
            ))}
            {differences.length > chipsShown && (
              <span className="muted small" title={differences.slice(chipsShown).join(", ")}>
                +{differences.length - chipsShown}
              </span>
            )}
            {row.error_message !== undefined && row.status === "failed" && (
              <span className={styles.error}>{row.error_message}</span>
            )}
          </div>
        );
      },
      csv: ({ label, strategy }) => (label === null ? strategy : `${label} (${strategy})`),
    },
    {
      head: columns.state,
      cell: (row) => (
        <div className={styles.state}>
          <State name={row.status} />
          {row.status === "running" && row.progress !== undefined && (
            <progress value={row.progress.fraction} aria-label={row.progress.phase} />
          )}
        </div>
      ),
      csv: ({ status }) => status,
    },
    {
      head: <span title={formats.zone}>{`${columns.accepted} (${formats.zoneName})`}</span>,
      name: columns.accepted,
      cell: ({ accepted_at }) => <span className="number">{formats.shortInstant(accepted_at)}</span>,
      csv: ({ accepted_at }) => accepted_at,
      wide: true,
    },
    {
      head: columns.took,
      cell: ({ started_at, completed_at }) => {
        if (started_at === null) return "–";
        const end = completed_at === null ? now : Date.parse(completed_at);
        return formats.duration(Math.max(0, end - Date.parse(started_at)));
      },
      csv: ({ started_at, completed_at }) =>
        started_at === null || completed_at === null ? null : Date.parse(completed_at) - Date.parse(started_at),
      name: `${columns.took} (ms)`,
      number: true,
      wide: true,
    },
    {
      head: columns.return,
      cell: ({ return: gain }) => (
        <span className={gain === null || gain === 0 ? undefined : gain > 0 ? "gain" : "loss"}>
          {formats.gain(gain)}
        </span>
      ),
      csv: ({ return: gain }) => gain,
      number: true,
      wide: true,
    },
    {
      head: columns.callback,
      cell: (row) => {
        const state = callbackStateOf(row);
        return state === "none" ? <span className="muted">–</span> : <State name={state} />;
      },
      csv: callbackStateOf,
      wide: true,
    },
  ];
}
