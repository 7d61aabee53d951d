import type { Execution } from "@strategy-executor/client";
import { useQuery } from "@tanstack/react-query";
import { queryOf } from "../../api/queries.ts";
import { isLive } from "../../live/switch.ts";
import { useStore } from "../../settings/store.ts";

const rereadMs = 2_000;

/** The attempts of workers to run an execution, newest first. */
export function useRunAttempts({ execution_id, completed_at }: Pick<Execution, "execution_id" | "completed_at">) {
  const live = useStore(isLive);
  return useQuery({
    ...queryOf("listExecutionAttempts", { execution_id, limit: 100 }),
    // No event tells of a heartbeat. The last attempt may have ended after it was read.
    refetchInterval: ({ state }) => {
      const isOpen = completed_at === null || state.data?.attempts[0]?.status === "running";
      return live && isOpen ? rereadMs : false;
    },
  });
}
