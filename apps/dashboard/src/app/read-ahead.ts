import type { QueryClient } from "@tanstack/react-query";
import { executionsOf, queryOf } from "../api/queries.ts";
import { toInput } from "../pages/executions/to-input.ts";
import type { createPages } from "./router.tsx";

/**
 * Reads what the page of the address shows first, while its code and the texts are loaded. What fails is read again by the page, which tells
 * the reader.
 */
export function readAhead(queries: QueryClient, pages: ReturnType<typeof createPages>): void {
  const last = pages.matchRoutes(pages.latestLocation).at(-1)!;
  if (last.routeId === "/shell/executions") {
    void queries.prefetchQuery(executionsOf(toInput(last.search)));
    void queries.prefetchQuery(queryOf("listStrategies", {}));
  }
  const id = last.routeId === "/shell/executions/$id" ? Number(last.params.id) : 0;
  if (id > 0) void queries.prefetchQuery(queryOf("getExecution", { execution_id: id }));
  if (last.routeId !== "/sign-in") void queries.prefetchQuery(queryOf("getSession", {}));
}
