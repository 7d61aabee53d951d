import { keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { type Inputs, type MutationName, type Outputs, type QueryName, read, write } from "./client.ts";

/** A query that calls a read operation. Its key is the operation's name and input. */
export function queryOf<Name extends QueryName>(name: Name, input: Inputs[Name]) {
  return queryOptions({
    queryKey: [name, input] as const,
    queryFn: ({ signal }) => read(name, input, signal),
  });
}

/** Like `queryOf`, for a list with filters: the old rows stay visible until the new ones arrive. */
export function listOf<Name extends QueryName>(name: Name, input: Inputs[Name]) {
  return { ...queryOf(name, input), placeholderData: keepPreviousData<Outputs[Name]> };
}

/** A mutation that calls a write operation. Afterwards the queries of the named operations are refetched. */
export function useWrite<Name extends MutationName>(name: Name, stale: readonly QueryName[] = []) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (input: Inputs[Name]) => write(name, input),
    onSuccess: () => Promise.all(stale.map((operation) => queries.invalidateQueries({ queryKey: [operation] }))),
  });
}
