import { getRouteApi, useNavigate } from "@tanstack/react-router";
import type { Inputs } from "../../api/client.ts";
import { type ExecutionSearch, toInput } from "./to-input.ts";

const route = getRouteApi("/shell/executions");

/** The filter for `cancelExecutions`; null if it selects nothing that can be cancelled. */
export function toCancellable(search: ExecutionSearch): Omit<Inputs["cancelExecutions"], "cursor"> | null {
  const { strategy, label, schedule_id, since, status } = toInput(search);
  const filter = {
    ...(strategy !== undefined && { strategy }),
    ...(label !== undefined && { label }),
    ...(schedule_id !== undefined && { schedule_id }),
    ...(since !== undefined && { since }),
  };
  const open = (status ?? "pending,running").split(",").filter((name) => name === "pending" || name === "running");
  // The operation has no filter by callback, and refuses a request without any filter.
  const isEmpty = status === undefined && Object.keys(filter).length === 0;
  return search.callback !== undefined || open.length === 0 || isEmpty ? null : { ...filter, status: open.join(",") };
}

/** The filter for `redeliverCallbacks`; null if it selects other callbacks than those that were given up, or has parts that it lacks. */
export function toRedeliverable(
  search: ExecutionSearch,
): Omit<Inputs["redeliverCallbacks"], "cursor" | "dry_run" | "ids" | "limit"> | null {
  const { status, label, schedule, callback } = search;
  if (callback !== "given_up" || [status, label, schedule].some((part) => part !== undefined)) return null;
  const { strategy, since } = toInput(search);
  return {
    // The operation refuses a request without any filter.
    until: new Date().toISOString(),
    ...(strategy !== undefined && { strategy }),
    ...(since !== undefined && { accepted_since: since }),
  };
}

/** The filter in the address. Changing it goes back to the first page. */
export function useFilter() {
  const search = route.useSearch();
  const navigate = useNavigate({ from: "/executions" });
  const change = (changes: Partial<ExecutionSearch>): void =>
    void navigate({ search: (old) => ({ ...old, cursor: undefined, ...changes }), replace: true });
  return { search, change };
}
