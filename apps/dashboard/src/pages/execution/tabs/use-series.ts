import type { Execution } from "@strategy-executor/client";
import { useQuery } from "@tanstack/react-query";
import { queryOf } from "../../../api/queries.ts";

/** The series of a result, which never change. */
export function useSeries({ execution_id, status }: Pick<Execution, "execution_id" | "status">) {
  return useQuery({
    ...queryOf("getSeries", { execution_id }),
    enabled: status === "completed",
    staleTime: Infinity,
  });
}
