import { useQueries } from "@tanstack/react-query";
import { queryOf } from "../../api/queries.ts";

const nothing: ReadonlyMap<string, number> = new Map();

/** The last stored close of each ticker. */
export function useCloses(tickers: readonly string[], isWanted: boolean): ReadonlyMap<string, number> {
  const answers = useQueries({
    queries: tickers.map((ticker) => ({
      // The first and the last day are always part of the series.
      ...queryOf("getPrices", { ticker, every: 100_000 }),
      enabled: isWanted,
      retry: false,
    })),
  });
  // What another part of the page has read is there even so.
  if (!isWanted) return nothing;
  return new Map(
    answers.flatMap(({ data }) => {
      const close = data?.close.at(-1) ?? data?.adj_close.at(-1);
      return data === undefined || close === undefined ? [] : [[data.ticker, close] as const];
    }),
  );
}
