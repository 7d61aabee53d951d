import type { Progress } from "@strategy-executor/client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { client } from "../api/client.ts";
import { queryOf } from "../api/queries.ts";
import { useStore } from "../settings/store.ts";
import { useRestarts } from "./restart.ts";
import { isSeen } from "./seen.ts";
import { isLive } from "./switch.ts";

/** An execution, updated live while it runs and somebody may be looking. */
export function useExecution(id: number) {
  const queries = useQueryClient();
  const live = useStore(isLive);
  const seen = useStore(isSeen);
  // The stream resumes after the last event that arrived.
  const known = useRef({ id, number: 0 });
  const [restarts, restart] = useRestarts();
  const [progress, setProgress] = useState<Progress | null>(null);
  const query = useQuery(queryOf("getExecution", { execution_id: id }));
  const isOver = query.data === undefined || query.data.completed_at !== null;
  useEffect(() => {
    if (isOver || !live || !seen) return;
    const gone = new AbortController();
    if (known.current.id !== id) known.current = { id, number: 0 };
    const after = known.current.number;
    void (async () => {
      for await (const update of client.executions.watch(id, { after, signal: gone.signal })) {
        if (update.kind === "progress") {
          setProgress(update.progress);
          continue;
        }
        known.current = { id, number: update.event.number };
        await queries.invalidateQueries({ queryKey: ["getExecution", { execution_id: id }] });
      }
    })().catch((error: unknown) => {
      if (gone.signal.aborted) return;
      // The query reports why, and what has happened without the stream.
      void queries.invalidateQueries({ queryKey: ["getExecution", { execution_id: id }] });
      restart(error, gone.signal);
    });
    return () => {
      gone.abort(new DOMException("closed", "AbortError"));
      setProgress(null);
    };
  }, [id, isOver, live, seen, queries, restarts, restart]);
  return { query, progress: progress ?? query.data?.progress ?? null };
}
