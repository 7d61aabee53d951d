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

/** One that may not have ended yet. */
type Read = Omit<Compared, "report"> & { readonly report: Compared["report"] | null };

const rereadMs = 1_000;

/** An execution with its figures, which never change once it has ended. Before, it is read again and again. */
export function comparedQuery(id: number, benchmark: string | undefined) {
  return queryOptions({
    queryKey: ["compared", id, benchmark],
    queryFn: async ({ signal }): Promise<Read> => {
      const execution = await read("getExecution", { execution_id: id }, signal);
      const input = { execution_id: id, ...(benchmark !== undefined && { benchmark }) };
      const report = execution.completed_at === null ? null : await read("getReport", input, signal);
      return { id, name: `${id} ${execution.label ?? execution.strategy}`, execution, report };
    },
    staleTime: Infinity,
    refetchInterval: ({ state }) => (state.data?.report === null ? rereadMs : false),
  });
}

/** The executions that can be compared, those that have not ended, and why others cannot be read. */
export function gather(results: readonly UseQueryResult<Read>[]) {
  const all = results.flatMap(({ data }) => data ?? []);
  return {
    compared: all.filter((one): one is Compared => one.report !== null),
    waiting: all.filter(({ report }) => report === null),
    errors: results.flatMap(({ error }) => error ?? []),
    isReading: results.some(({ isPending }) => isPending),
  };
}
