import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { reportUnreachable } from "./connection.ts";
import { failureOf, isWorthRetrying } from "./errors.ts";

/** Creates the cache of the service's answers. `signIn` is called when the service requires a key. */
export function createQueryClient(signIn: () => void): QueryClient {
  /** What will be read again when the service is less busy. */
  const putOff = new Set<string>();
  const rereadAll = (): void => void queries.invalidateQueries();
  const onError = (error: unknown): void => {
    const { kind } = failureOf(error);
    if (kind === "signed out") signIn();
    if (kind === "unreachable") reportUnreachable(rereadAll);
  };
  const queries = new QueryClient({
    queryCache: new QueryCache({
      onError(error, { queryHash, queryKey, state }) {
        onError(error);
        const failure = failureOf(error);
        // A view without data counts down and reads again by itself. What is shown stays until then.
        if (failure.kind !== "busy" || state.data === undefined || putOff.has(queryHash)) return;
        putOff.add(queryHash);
        setTimeout(() => {
          putOff.delete(queryHash);
          void queries.invalidateQueries({ queryKey, exact: true });
        }, failure.retryAfter * 1_000);
      },
    }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        retry: isWorthRetrying,
        retryDelay: 500,
        staleTime: 2_000,
        // A machine without a network can still reach a service on itself.
        networkMode: "always",
      },
      mutations: { networkMode: "always" },
    },
  });
  return queries;
}
