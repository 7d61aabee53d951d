import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { reportUnreachable } from "./connection.ts";
import { failureOf, isWorthRetrying } from "./errors.ts";

/** Creates the cache of the service's answers. `signIn` is called when the service requires a key. */
export function createQueryClient(signIn: () => void): QueryClient {
  const onError = (error: unknown): void => {
    const { kind } = failureOf(error);
    if (kind === "signed out") signIn();
    if (kind === "unreachable") reportUnreachable(() => void queries.invalidateQueries());
  };
  const queries = new QueryClient({
    queryCache: new QueryCache({ onError }),
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
