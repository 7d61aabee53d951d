import type { UseQueryResult } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { failureOf } from "./errors.ts";

/** What was read; without a network what was shown before, also when something else was asked for meanwhile. */
export function useKeptData<Data>({ data, error }: Pick<UseQueryResult<Data>, "data" | "error">): Data | undefined {
  const last = useRef<Data>(undefined);
  useEffect(() => {
    if (data !== undefined) last.current = data;
  }, [data]);
  if (data !== undefined || error === null || failureOf(error).kind !== "unreachable") return data;
  return last.current;
}
