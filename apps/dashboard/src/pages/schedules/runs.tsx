import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type Outputs, read } from "../../api/client.ts";
import { useFormats } from "../../formats/formats.ts";
import { Button } from "../../parts/controls/button.tsx";
import { DataTable } from "../../parts/data/data-table.tsx";
import { Failure } from "../../parts/feedback/failure.tsx";
import { Skeleton } from "../../parts/feedback/skeleton.tsx";
import { State } from "../../parts/feedback/state.tsx";
import { Section } from "../../parts/layout/page.tsx";
import { useTexts } from "../../texts/texts.ts";

type Run = Outputs["listScheduleRuns"]["runs"][number];

/** The outcome of each fire, with its reason if there is one. */
export function Runs({ id }: { readonly id: number }) {
  const { schedules, shared } = useTexts();
  const { runs: texts } = schedules;
  const formats = useFormats();
  const query = useInfiniteQuery({
    queryKey: ["listScheduleRuns", { schedule_id: id }],
    queryFn: ({ pageParam, signal }) =>
      read(
        "listScheduleRuns",
        { schedule_id: id, limit: 50, ...(pageParam !== null && { cursor: pageParam }) },
        signal,
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next_cursor }) => next_cursor,
    refetchInterval: ({ state }) =>
      state.data?.pages[0]?.runs.some((run) => run.state === "waiting" || run.state === "executing") ? 2_000 : false,
  });
  const runs = query.data?.pages.flatMap((page) => page.runs);
  return (
    <Section title={texts.title}>
      {query.error !== null && <Failure error={query.error} retry={() => void query.refetch()} />}
      {runs === undefined && query.error === null && <Skeleton shape="table" />}
      {runs?.length === 0 && <p className="muted">{texts.empty}</p>}
      {runs !== undefined && runs.length > 0 && (
        <DataTable<Run>
          name={texts.title}
          rows={runs}
          keyOf={({ fire_at }) => fire_at}
          csv={`runs-${id}`}
          footer={query.hasNextPage && <Button onClick={() => void query.fetchNextPage()}>{shared.words.more}</Button>}
          columns={[
            { head: texts.fired, cell: ({ fire_at }) => formats.instant(fire_at), csv: ({ fire_at }) => fire_at },
            {
              head: texts.day,
              cell: ({ trading_day }) => formats.day(trading_day),
              csv: ({ trading_day }) => trading_day,
              wide: true,
            },
            {
              head: texts.origin,
              cell: ({ origin }) => texts.origins[origin],
              csv: ({ origin }) => origin,
              wide: true,
            },
            {
              head: texts.state,
              cell: ({ state }) => <State name={state} />,
              csv: ({ state }) => state,
            },
            {
              head: texts.reason,
              cell: ({ reason }) => <span className="small muted">{reason ?? "–"}</span>,
              csv: ({ reason }) => reason,
            },
            {
              head: texts.decision,
              cell: ({ changed }) => (changed === null ? "–" : changed ? texts.changed : texts.unchanged),
              csv: ({ changed }) => changed,
            },
            {
              head: texts.notification,
              cell: ({ notification }) => texts.notifications[notification],
              csv: ({ notification }) => notification,
              wide: true,
            },
            {
              head: texts.execution,
              cell: ({ execution_id }) =>
                execution_id === null ? (
                  "–"
                ) : (
                  <Link to="/executions/$id" params={{ id: String(execution_id) }}>
                    {execution_id}
                  </Link>
                ),
              csv: ({ execution_id }) => execution_id,
            },
          ]}
        />
      )}
    </Section>
  );
}
