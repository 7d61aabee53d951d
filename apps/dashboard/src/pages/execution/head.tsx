import type { Execution, Progress } from "@strategy-executor/client";
import { Link } from "@tanstack/react-router";
import { useFormats } from "../../formats/formats.ts";
import { Notice } from "../../parts/feedback/notice.tsx";
import { useNow } from "../../parts/feedback/now.ts";
import { State } from "../../parts/feedback/state.tsx";
import { useTexts } from "../../texts/texts.ts";
import styles from "./execution.module.css";
import { useRunAttempts } from "./run-attempts.ts";

/** The state with its times, and the error of a failed execution. */
export function Head({ execution, progress }: { readonly execution: Execution; readonly progress: Progress | null }) {
  const { execution: texts } = useTexts();
  const formats = useFormats();
  const isRunning = execution.status === "running" || execution.status === "pending";
  const now = useNow(isRunning ? 1_000 : 60_000);
  const attempt = useRunAttempts(execution).data?.attempts[0]?.number ?? 0;
  const { started_at: started, completed_at: ended } = execution;
  const took = started === null ? null : (ended === null ? now : Date.parse(ended)) - Date.parse(started);
  return (
    <div className={styles.head}>
      <div className={styles.line}>
        <State name={execution.status} live />
        <span>
          <Link to="/strategies/$name" params={{ name: execution.strategy }}>
            {execution.strategy}
          </Link>{" "}
          <span className="muted">{execution.version}</span>
        </span>
        {execution.retry_of !== null && (
          <Link to="/executions/$id" params={{ id: String(execution.retry_of) }}>
            {texts.retryOf(execution.retry_of)}
          </Link>
        )}
        {execution.kind === "sweep" && (
          <Link to="/sweeps/$id" params={{ id: String(execution.execution_id) }}>
            {texts.sweep}
          </Link>
        )}
        {execution.schedule_id !== null && (
          <Link to="/schedules/$id" params={{ id: String(execution.schedule_id) }}>
            {texts.schedule(execution.schedule_id)}
          </Link>
        )}
        <ol className={styles.path}>
          <li>
            {texts.path.pending} <time dateTime={execution.accepted_at}>{formats.instant(execution.accepted_at)}</time>
          </li>
          <li>
            {texts.path.running} <time dateTime={started ?? undefined}>{formats.instant(started)}</time>
          </li>
          <li>
            {texts.path.ended} <time dateTime={ended ?? undefined}>{formats.instant(ended)}</time>
          </li>
        </ol>
        {took !== null && (
          <span className="muted">
            {texts.took} {formats.duration(Math.max(0, took))}
          </span>
        )}
        {attempt > 1 && <span className="muted">{texts.attempt(formats.count(attempt))}</span>}
      </div>
      {isRunning && (
        <div className={styles.progress}>
          <progress aria-label={texts.progress} {...(progress !== null && { value: progress.fraction })} />
          <span className="muted small">
            {progress === null ? "" : `${progress.phase} ${formats.percent(progress.fraction)}`}
          </span>
        </div>
      )}
      {execution.status === "failed" && <Failed execution={execution} />}
    </div>
  );
}

/** The error message, and the parameters that it names. */
function Failed({ execution }: { readonly execution: Execution }) {
  const { execution: texts } = useTexts();
  const message = execution.error_message ?? "";
  const named = Object.entries(execution.execution_parameters).filter(([name, value]) =>
    new RegExp(`(^|[^\\w])(${escaped(name)}|${escaped(String(value))})($|[^\\w])`).test(message),
  );
  return (
    <Notice tone="bad">
      <strong>{message}</strong>
      {named.length > 0 && (
        <p>
          {texts.fields}:{" "}
          {named.map(([name, value]) => (
            <code key={name}>
              {name} = {JSON.stringify(value)}{" "}
            </code>
          ))}
        </p>
      )}
    </Notice>
  );
}

function escaped(text: string): string {
  return text.replaceAll(/[^\w]/g, "\\$&");
}
