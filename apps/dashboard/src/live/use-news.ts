import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent } from "react";
import type { QueryName } from "../api/client.ts";
import { followAll, type News } from "./feed.ts";

/** Calls back with live events, and with `begun` once there may have been some before the stream began. */
export function useNews(listener: (news: News) => void, begun: () => void): void {
  const queries = useQueryClient();
  const tell = useEffectEvent(listener);
  const tellBegun = useEffectEvent(begun);
  useEffect(
    () =>
      followAll(
        tell,
        () => void queries.invalidateQueries(),
        () => tellBegun(),
      ),
    [queries],
  );
}

/** Refetches operations after live events, at most once per interval. */
export function useReread(names: readonly QueryName[], everyMs = 2_000): void {
  const queries = useQueryClient();
  const reread = useEffectEvent(() => {
    for (const name of names) void queries.invalidateQueries({ queryKey: [name] });
  });
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let last = 0;
    const rereadSoon = (): void => {
      timer ??= setTimeout(
        () => {
          timer = undefined;
          last = Date.now();
          reread();
        },
        Math.max(0, last + everyMs - Date.now()),
      );
    };
    const stop = followAll(rereadSoon, reread, rereadSoon);
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [everyMs]);
}
