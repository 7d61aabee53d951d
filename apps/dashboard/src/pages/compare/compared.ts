import type { Execution } from "@strategy-executor/client";
import { queryOptions, type UseQueryResult } from "@tanstack/react-query";
import { type Outputs, read } from "../../api/client.ts";

/** One of the compared executions. */
export interface Compared {
  readonly id: number;
  readonly name: string;
  readonly execution: Execution;
  readonly report: Outputs["getReport"];
}

/** An ended execution with its figures, which never change. */
export function comparedQuery(id: number, benchmark: string | undefined) {
  return queryOptions({
    queryKey: ["compared", id, benchmark],
    queryFn: async ({ signal }): Promise<Compared> => {
      const [execution, report] = await Promise.all([
        read("getExecution", { execution_id: id }, signal),
        read("getReport", { execution_id: id, ...(benchmark !== undefined && { benchmark }) }, signal),
      ]);
      return { id, name: `${id} ${execution.label ?? execution.strategy}`, execution, report };
    },
    staleTime: Infinity,
  });
}

/** The executions that could be read, and the errors of the others. */
export function gather(results: readonly UseQueryResult<Compared>[]) {
  return {
    compared: results.flatMap(({ data }) => data ?? []),
    errors: results.flatMap(({ error }) => error ?? []),
  };
}
