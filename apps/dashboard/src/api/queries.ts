import { keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { type Inputs, type MutationName, type Outputs, type QueryName, read, write } from "./client.ts";

/** What reads an operation: the key is its name and input. */
export function queryOf<Name extends QueryName>(name: Name, input: Inputs[Name]) {
  return queryOptions({
    queryKey: [name, input] as const,
    queryFn: ({ signal }) => read(name, input, signal),
  });
}

/** The same for a list whose filter changes: the rows before stay until those of the new filter are there. */
export function listOf<Name extends QueryName>(name: Name, input: Inputs[Name]) {
  return { ...queryOf(name, input), placeholderData: keepPreviousData<Outputs[Name]> };
}

/** What changes something; afterwards what was read by the named operations is read again. */
export function useWrite<Name extends MutationName>(name: Name, stale: readonly QueryName[] = []) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (input: Inputs[Name]) => write(name, input),
    onSuccess: () => Promise.all(stale.map((operation) => queries.invalidateQueries({ queryKey: [operation] }))),
  });
}
