import { useQuery } from "@tanstack/react-query";
import { queryOf } from "../../api/queries.ts";
import { useFormats } from "../../formats/formats.ts";
import { Loaded } from "../../parts/feedback/loaded.tsx";
import { useNow } from "../../parts/feedback/now.ts";
import { Tile, Tiles } from "../../parts/layout/tiles.tsx";
import { useTexts } from "../../texts/texts.ts";

/** Counts of current activity, linked to the lists behind them. */
export function Activity() {
  const { tiles: texts } = useTexts().overview;
  const formats = useFormats();
  const ticked = useNow();
  // An execution that ended more than an hour ago leaves the counts without an event.
  const query = useQuery({ ...queryOf("getActivity", {}), refetchInterval: 30_000 });
  // The clock ticks each half a minute, and what the query found may have been accepted since.
  const now = Math.max(ticked, query.dataUpdatedAt);
  const text = ({ count, more }: { readonly count: number; readonly more: boolean }): string =>
    formats.count(count) + (more ? "+" : "");
  const bad = ({ count }: { readonly count: number }) => (count > 0 ? "bad" : undefined);
  const listOf = (status: string) => ({ to: "/executions", search: { status } }) as const;
  return (
    <Loaded query={query} shape="tiles">
      {({ ended_last_hour: ended, oldest_waiting_at: oldest, ...activity }) => (
        <Tiles many>
          <Tile
            name={texts.waiting}
            value={text(activity.waiting)}
            note={
              oldest === null ? undefined : texts.since(formats.distance(oldest, Math.max(now, Date.parse(oldest))))
            }
            to={listOf("pending")}
          />
          <Tile name={texts.running} value={text(activity.running)} to={listOf("running")} />
          <Tile name={texts.completed} value={text(ended.completed)} to={listOf("completed")} />
          <Tile name={texts.failed} value={text(ended.failed)} tone={bad(ended.failed)} to={listOf("failed")} />
          <Tile name={texts.cancelled} value={text(ended.cancelled)} to={listOf("cancelled")} />
          <Tile
            name={texts.due}
            value={text(activity.callbacks_due)}
            to={{ to: "/deliveries", search: { state: "due" } }}
          />
          <Tile
            name={texts.givenUp}
            value={text(activity.given_up_last_day)}
            tone={bad(activity.given_up_last_day)}
            to={{ to: "/deliveries", search: { state: "given_up" } }}
          />
          <Tile
            name={texts.circuits}
            value={text(activity.open_circuits)}
            tone={bad(activity.open_circuits)}
            to={{ to: "/deliveries" }}
          />
        </Tiles>
      )}
    </Loaded>
  );
}
