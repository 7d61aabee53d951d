import { keepPreviousData, type MutateOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { useCallback, useRef } from "react";
import { failureOf } from "./errors.ts";
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

/** Pages of executions that are read before the page stops looking for rows. */
const maxPages = 3;

/**
 * Like `listOf`, for executions. Where no index helps a filter, the service examines some executions in each call, so pages can be empty: the
 * next ones are read until one has rows to show, or there were many.
 */
export function executionsOf(
  input: Inputs["listExecutions"],
  isShown: (row: Outputs["listExecutions"]["executions"][number]) => boolean = () => true,
) {
  const list = listOf("listExecutions", input);
  return {
    ...list,
    queryFn: async ({ signal }: { readonly signal: AbortSignal }) => {
      let page = await read("listExecutions", input, signal);
      for (let pages = 1; pages < maxPages && page.next_cursor !== null && !page.executions.some(isShown); pages += 1) {
        page = await read("listExecutions", { ...input, cursor: page.next_cursor }, signal);
      }
      return page;
    },
  };
}

/** What a second call would do a second time. */
const doneTwice: ReadonlySet<MutationName> = new Set<MutationName>([
  "triggerSchedule",
  "backfillSchedule",
  "createSchedule",
  "createApiKey",
  "createSigningSecret",
  "rotateSigningSecret",
  "redeliverCallback",
]);

/**
 * A mutation that calls a write operation. Afterwards the queries of the named operations are refetched. `again` makes the last call once
 * more, such as when the service was busy; undefined when that could do it twice.
 */
export function useWrite<Name extends MutationName>(name: Name, stale: readonly QueryName[] = []) {
  const queries = useQueryClient();
  const mutation = useMutation({
    mutationFn: (input: Inputs[Name]) => write(name, input),
    onSuccess: () => Promise.all(stale.map((operation) => queries.invalidateQueries({ queryKey: [operation] }))),
  });
  const last = useRef<() => void>(undefined);
  const mutate = (input: Inputs[Name], options?: MutateOptions<Outputs[Name], Error, Inputs[Name]>): void => {
    last.current = () => (options === undefined ? mutation.mutate(input) : mutation.mutate(input, options));
    last.current();
  };
  const again = useCallback(() => last.current?.(), []);
  const failure = mutation.error === null ? null : failureOf(mutation.error);
  const isSafe = !(failure?.kind === "busy" && failure.mayBeDone && doneTwice.has(name));
  return { ...mutation, mutate, again: isSafe ? again : undefined };
}
