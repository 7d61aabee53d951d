import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { queryOf } from "../api/queries.ts";
import { useSettled } from "./settled.ts";

/** The service's check of the typed parameters: errors by field, the tickers, and the tickers without prices. */
export function useCheck(strategy: string, parameters: Readonly<Record<string, unknown>>) {
  const asked = useSettled(JSON.stringify({ name: strategy, parameters }));
  const input = JSON.parse(asked) as { name: string; parameters: Record<string, unknown> };
  const { data } = useQuery({
    ...queryOf("checkParameters", input),
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  });
  return { checked: data, errors: (data?.errors ?? []).map(({ path, message }) => [path, message] as const) };
}
