import type { Progress } from "@strategy-executor/client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { client } from "../api/client.ts";
import { queryOf } from "../api/queries.ts";
import { useStore } from "../settings/store.ts";
import { isLive } from "./switch.ts";

/** An execution, updated live while it runs. */
export function useExecution(id: number) {
  const queries = useQueryClient();
  const live = useStore(isLive);
  const [progress, setProgress] = useState<Progress | null>(null);
  const query = useQuery(queryOf("getExecution", { execution_id: id }));
  const isOver = query.data === undefined || query.data.completed_at !== null;
  useEffect(() => {
    if (isOver || !live) return;
    const gone = new AbortController();
    void (async () => {
      for await (const update of client.executions.watch(id, { signal: gone.signal })) {
        if (update.kind === "progress") setProgress(update.progress);
        else await queries.invalidateQueries({ queryKey: ["getExecution", { execution_id: id }] });
      }
      // If there is no answer, the query reports why.
    })().catch(() => undefined);
    return () => {
      gone.abort(new DOMException("closed", "AbortError"));
      setProgress(null);
    };
  }, [id, isOver, live, queries]);
  return { query, progress: progress ?? query.data?.progress ?? null };
}
