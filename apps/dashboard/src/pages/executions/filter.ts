import { getRouteApi, useNavigate } from "@tanstack/react-router";
import type { Inputs } from "../../api/client.ts";

const route = getRouteApi("/shell/executions");

export type ExecutionSearch = ReturnType<typeof route.useSearch>;

/** What a page of the list asks for. */
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

/** The filter of the address, and how to change it: from its first page on. */
export function useFilter() {
  const search = route.useSearch();
  const navigate = useNavigate({ from: "/executions" });
  const change = (changes: Partial<ExecutionSearch>): void =>
    void navigate({ search: (old) => ({ ...old, cursor: undefined, ...changes }), replace: true });
  return { search, change };
}
