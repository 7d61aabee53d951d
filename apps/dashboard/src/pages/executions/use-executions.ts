import type { ExecutionEvent } from "@strategy-executor/client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useMemo, useRef, useState } from "react";
import { type Inputs, type Outputs, read } from "../../api/client.ts";
import { useKeptData } from "../../api/kept-data.ts";
import { executionsOf } from "../../api/queries.ts";
import { isLive } from "../../live/switch.ts";
import { useNews } from "../../live/use-news.ts";
import { useStore } from "../../settings/store.ts";

type Input = Inputs["listExecutions"];
type Page = Outputs["listExecutions"];
export type ExecutionRow = Page["executions"][number];

/** New executions are counted up to this number. */
const maxCounted = 100;
const countEveryMs = 1_000;
/** The service reads so many by number. */
const mostAsked = 20;
/** The feed carries no progress: the rows that run are read again, the newest of them. */
const progressEveryMs = 2_000;

/** What is not older was read for the page that is being opened. */
const aheadMs = 2_000;

/**
 * A page of executions. Changes of its rows are shown in place. New executions are only counted, so that rows do not move while somebody
 * reads them.
 */
export function useExecutions(input: Input) {
  const queries = useQueryClient();
  const options = executionsOf(input);
  const query = useQuery({
    ...options,
    staleTime: Infinity,
    // Unless it was read ahead.
    refetchOnMount: ({ state }) => Date.now() - state.dataUpdatedAt > aheadMs && "always",
    refetchOnWindowFocus: false,
  });
  const [events, setEvents] = useState<ReadonlyMap<number, ExecutionEvent>>(new Map());
  const [fresh, setFresh] = useState(0);
  const page = useKeptData(query);
  const rows = page?.executions;
  const newest = rows?.[0]?.execution_id ?? 0;
  const isFirst = input.cursor === undefined;
  const key = JSON.stringify(input);
  useEffect(() => {
    setFresh(0);
    setEvents(new Map());
  }, [key, query.dataUpdatedAt]);

  // Those that have ended: their figures are not in the event.
  const changed = useRef(new Set<number>());
  const shown = new Set(rows?.map(({ execution_id }) => execution_id));
  const counting = useThrottled(async () => {
    const { cursor: _, ...filter } = input;
    const latest = await read("listExecutions", { ...filter, limit: maxCounted });
    setFresh(latest.executions.filter(({ execution_id }) => execution_id > newest).length);
  }, countEveryMs);
  const refreshing = useThrottled(async () => {
    const asked = [...changed.current].slice(0, mostAsked);
    for (const id of asked) changed.current.delete(id);
    if (asked.length === 0) return;
    const again = await read("listExecutions", { ids: asked.join(",") });
    const rowOf = new Map(again.executions.map((row) => [row.execution_id, row]));
    queries.setQueryData<Page>(
      options.queryKey,
      (old) =>
        old === undefined
          ? old
          : { ...old, executions: old.executions.map((row) => rowOf.get(row.execution_id) ?? row) },
      // Keep the age of the page: new executions stay counted.
      { updatedAt: query.dataUpdatedAt },
    );
    if (changed.current.size > 0) refreshing();
  }, countEveryMs);
  const readUnfinished = (): void => {
    for (const { execution_id, completed_at } of rows ?? [])
      if (completed_at === null) changed.current.add(execution_id);
    refreshing();
    if (isFirst) counting();
  };
  useNews((news) => {
    const onPage = [...news.values()].filter(({ execution_id }) => shown.has(execution_id));
    if (onPage.length > 0) {
      setEvents((old) => new Map([...old, ...onPage.map((event) => [event.execution_id, event] as const)]));
      for (const { execution_id, status } of onPage) {
        if (status !== "pending" && status !== "running") changed.current.add(execution_id);
      }
      if (changed.current.size > 0) refreshing();
    }
    if (isFirst && [...news.keys()].some((id) => id > newest)) counting();
  }, readUnfinished);
  const runsHere = rows?.some(({ execution_id, status }) => statusNow(status, events.get(execution_id)) === "running");
  const live = useStore(isLive);
  const readProgress = useEffectEvent(() => {
    if (document.visibilityState === "hidden") return;
    for (const { execution_id, status } of rows ?? []) {
      if (changed.current.size >= mostAsked) break;
      if (statusNow(status, events.get(execution_id)) === "running") changed.current.add(execution_id);
    }
    refreshing();
  });
  useEffect(() => {
    if (runsHere !== true || !live) return;
    const timer = setInterval(readProgress, progressEveryMs);
    return () => clearInterval(timer);
  }, [runsHere, live]);
  const merged = useMemo(() => rows?.map((row) => withEvent(row, events.get(row.execution_id))), [rows, events]);
  return { query, rows: merged, next: page?.next_cursor ?? null, fresh, maxCounted };
}

/** The state of a row whose newest event may say more. */
function statusNow(status: ExecutionRow["status"], event: ExecutionEvent | undefined): ExecutionRow["status"] {
  return event !== undefined && (status === "pending" || status === "running") ? event.status : status;
}

/** A row with the changes of its newest event. */
function withEvent(row: ExecutionRow, event: ExecutionEvent | undefined): ExecutionRow {
  if (event === undefined || row.completed_at !== null || row.status === event.status) return row;
  const { progress: _, ...rest } = row;
  if (event.status === "running") return { ...rest, status: "running", started_at: event.at };
  if (event.status === "pending") return { ...rest, status: "pending" };
  return { ...rest, status: event.status, completed_at: event.at };
}

/** Throttles: runs at once, then at most once per interval, and once more at the end. */
function useThrottled(action: () => Promise<void>, everyMs: number): () => void {
  const newest = useRef(action);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const last = useRef(0);
  useEffect(() => {
    newest.current = action;
  });
  useEffect(() => () => clearTimeout(timer.current), []);
  return () => {
    if (timer.current !== undefined) return;
    timer.current = setTimeout(
      () => {
        timer.current = undefined;
        last.current = Date.now();
        // Without an answer the page stays as it is; the next event tries again.
        newest.current().catch(() => undefined);
      },
      Math.max(0, last.current + everyMs - Date.now()),
    );
  };
}
