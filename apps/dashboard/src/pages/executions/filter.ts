import { getRouteApi, useNavigate } from "@tanstack/react-router";
import type { Inputs } from "../../api/client.ts";

const route = getRouteApi("/shell/executions");

export type ExecutionSearch = ReturnType<typeof route.useSearch>;

/** The filter of the list and its page. */
export function toInput({ status, strategy, label, schedule, cursor }: ExecutionSearch): Inputs["listExecutions"] {
  return {
    limit: 50,
    ...(status !== undefined && { status: status as NonNullable<Inputs["listExecutions"]["status"]> }),
    ...(strategy !== undefined && { strategy }),
    ...(label !== undefined && { label }),
    ...(schedule !== undefined && { schedule_id: Number(schedule) }),
    ...(cursor !== undefined && { cursor }),
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
