import type { Execution, ExecutionEvent } from "@strategy-executor/client";
import { useEffect, useRef, useState } from "react";
import { client, type Outputs } from "../../../api/client.ts";
import { useFormats } from "../../../formats/formats.ts";
import { useRestarts } from "../../../live/restart.ts";
import { isSeen } from "../../../live/seen.ts";
import { DataTable } from "../../../parts/data/data-table.tsx";
import { Failure } from "../../../parts/feedback/failure.tsx";
import { Loaded } from "../../../parts/feedback/loaded.tsx";
import { Skeleton } from "../../../parts/feedback/skeleton.tsx";
import { State } from "../../../parts/feedback/state.tsx";
import { Section } from "../../../parts/layout/page.tsx";
import { useStore } from "../../../settings/store.ts";
import { useTexts } from "../../../texts/texts.ts";
import { useRunAttempts } from "../run-attempts.ts";

/** The events of an execution as they were recorded. */
export function EventsTab({ execution }: { readonly execution: Execution }) {
  const { events: texts } = useTexts().execution;
  const formats = useFormats();
  const { events, error } = useEvents(execution.execution_id);
  return (
    <>
      <RunAttempts execution={execution} />
      <Section title={texts.title}>{list()}</Section>
    </>
  );

  function list() {
    return (
      <>
        {error !== null && <Failure error={error} />}
        {events.length === 0 && error === null ? (
          <Skeleton shape="text" />
        ) : (
          <DataTable<ExecutionEvent>
            name={texts.title}
            rows={events}
            keyOf={({ number }) => number}
            csv={`events-${execution.execution_id}`}
            columns={[
              { head: texts.number, cell: ({ number }) => number, csv: ({ number }) => number },
              { head: texts.state, cell: ({ status }) => <State name={status} />, csv: ({ status }) => status },
              { head: texts.at, cell: ({ at }) => formats.instant(at), csv: ({ at }) => at },
              {
                head: texts.after,
                number: true,
                cell: ({ at, number }) => {
                  const before = events.find((event) => event.number === number - 1);
                  return before === undefined ? "–" : formats.duration(Date.parse(at) - Date.parse(before.at));
                },
              },
            ]}
          />
        )}
      </>
    );
  }
}

type Attempt = Outputs["listExecutionAttempts"]["attempts"][number];

/** Which worker had the execution, and what became of each attempt. */
function RunAttempts({ execution }: { readonly execution: Execution }) {
  const { attempts: texts } = useTexts().execution;
  const formats = useFormats();
  const query = useRunAttempts(execution);
  return (
    <Section title={texts.title}>
      <Loaded query={query} shape="text">
        {({ attempts }) =>
          attempts.length === 0 ? (
            <p className="muted">{texts.none}</p>
          ) : (
            <DataTable<Attempt>
              name={texts.title}
              rows={attempts}
              keyOf={({ number }) => number}
              csv={`worker-attempts-${execution.execution_id}`}
              columns={[
                { head: texts.number, cell: ({ number }) => number, csv: ({ number }) => number },
                { head: texts.state, cell: ({ status }) => <State name={status} />, csv: ({ status }) => status },
                {
                  head: texts.worker,
                  cell: ({ worker }) => (worker === null ? "–" : <code>{worker}</code>),
                  csv: ({ worker }) => worker,
                },
                {
                  head: texts.started,
                  cell: ({ started_at }) => formats.instant(started_at),
                  csv: ({ started_at }) => started_at,
                },
                {
                  head: texts.seen,
                  cell: ({ last_seen_at }) => formats.instant(last_seen_at),
                  csv: ({ last_seen_at }) => last_seen_at,
                  wide: true,
                },
                {
                  head: texts.ended,
                  cell: ({ ended_at }) => formats.instant(ended_at),
                  csv: ({ ended_at }) => ended_at,
                  wide: true,
                },
              ]}
            />
          )
        }
      </Loaded>
    </Section>
  );
}

/** The events of an execution; the stream ends when the execution does. */
function useEvents(id: number): { readonly events: readonly ExecutionEvent[]; readonly error: unknown } {
  const [events, setEvents] = useState<readonly ExecutionEvent[]>([]);
  const [error, setError] = useState<unknown>(null);
  const seen = useStore(isSeen);
  const [restarts, restart] = useRestarts();
  // The stream resumes after the last event that arrived.
  const known = useRef({ id, number: 0 });
  useEffect(() => {
    if (!seen) return;
    const gone = new AbortController();
    if (known.current.id !== id) known.current = { id, number: 0 };
    const after = known.current.number;
    if (after === 0) setEvents([]);
    setError(null);
    void (async () => {
      for await (const update of client.executions.watch(id, { after, signal: gone.signal })) {
        if (update.kind !== "event") continue;
        known.current = { id, number: update.event.number };
        setEvents((old) => [...old, update.event]);
      }
    })().catch((problem: unknown) => {
      if (gone.signal.aborted) return;
      setError(problem);
      restart(problem, gone.signal);
    });
    return () => gone.abort(new DOMException("closed", "AbortError"));
  }, [id, seen, restarts, restart]);
  return { events, error };
}
