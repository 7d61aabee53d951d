import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Outputs } from "../../api/client.ts";
import { queryOf } from "../../api/queries.ts";
import { useFormats } from "../../formats/formats.ts";
import { isLive } from "../../live/switch.ts";
import { DataTable } from "../../parts/data/data-table.tsx";
import { Code } from "../../parts/data/json-view.tsx";
import { Loaded } from "../../parts/feedback/loaded.tsx";
import { Empty } from "../../parts/feedback/notice.tsx";
import { useNow } from "../../parts/feedback/now.ts";
import { State } from "../../parts/feedback/state.tsx";
import { Page, Section } from "../../parts/layout/page.tsx";
import { useStore } from "../../settings/store.ts";
import { useTexts } from "../../texts/texts.ts";
import { Queue } from "./queue.tsx";

type Worker = Outputs["listWorkers"]["workers"][number];

/** Heartbeats come every 2 s. */
const rereadMs = 2_000;

/** What waits, and which process runs what. Administrators only. */
export function Workers() {
  const { workers: texts } = useTexts();
  const live = useStore(isLive);
  const query = useQuery({ ...queryOf("listWorkers", {}), refetchInterval: live ? rereadMs : false });
  return (
    <Page title={texts.title} lead={texts.lead}>
      <Loaded query={query}>
        {({ workers }) => (
          <>
            <Section title={texts.workers}>
              {workers.length === 0 ? (
                <Empty title={texts.empty}>
                  <Code label={texts.empty} text="npm run worker" />
                </Empty>
              ) : (
                <Table workers={workers} />
              )}
            </Section>
            <Queue />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Table({ workers }: { readonly workers: readonly Worker[] }) {
  const { workers: texts } = useTexts();
  const { columns } = texts;
  const formats = useFormats();
  const now = useNow(rereadMs);
  return (
    <DataTable
      name={texts.workers}
      rows={workers}
      keyOf={({ worker_id }) => worker_id}
      csv="workers"
      columns={[
        { head: columns.number, cell: ({ worker_id }) => worker_id, csv: ({ worker_id }) => worker_id, wide: true },
        { head: columns.name, cell: ({ name }) => <code>{name}</code>, csv: ({ name }) => name },
        { head: columns.state, cell: ({ state }) => <State name={state} />, csv: ({ state }) => state },
        {
          head: columns.threads,
          cell: ({ threads, threads_busy }) => texts.busy(formats.count(threads_busy), formats.count(threads)),
          csv: ({ threads_busy }) => threads_busy,
          number: true,
        },
        {
          head: columns.running,
          cell: (worker) => <Running worker={worker} now={now} />,
          csv: ({ running }) => running.map(({ execution_id }) => execution_id).join(" "),
        },
        {
          head: columns.steps,
          cell: ({ sweep_steps }) => formats.count(sweep_steps),
          csv: ({ sweep_steps }) => sweep_steps,
          number: true,
          wide: true,
        },
        {
          head: columns.seen,
          cell: ({ last_seen_at }) => formats.distance(last_seen_at, now),
          csv: ({ last_seen_at }) => last_seen_at,
          wide: true,
        },
        {
          head: `${columns.started} (${formats.zoneName})`,
          cell: ({ started_at }) => <span className="number">{formats.shortInstant(started_at)}</span>,
          csv: ({ started_at }) => started_at,
          wide: true,
        },
        { head: columns.version, cell: ({ version }) => version, csv: ({ version }) => version, wide: true },
      ]}
    />
  );
}

/** The executions of a worker, oldest first. */
function Running({ worker: { running }, now }: { readonly worker: Worker; readonly now: number }) {
  const { execution: texts } = useTexts();
  const { count, duration } = useFormats();
  if (running.length === 0) return "–";
  return (
    <ul className="row">
      {running.map(({ execution_id, strategy, attempt, started_at }) => (
        <li key={execution_id}>
          <Link to="/executions/$id" params={{ id: String(execution_id) }}>
            {execution_id}
          </Link>{" "}
          <span className="muted small">
            {[
              strategy,
              duration(Math.max(0, now - Date.parse(started_at))),
              ...(attempt > 1 ? [texts.attempt(count(attempt))] : []),
            ].join(", ")}
          </span>
        </li>
      ))}
    </ul>
  );
}
