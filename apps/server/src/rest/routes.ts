import {
  executeStrategy,
  getExecution,
  getSeries,
  getStrategy,
  importPrices,
  listDeliveryAttempts,
  listExecutions,
  listPrices,
  listStrategies,
  type AnyOperation,
} from "@strategy-executor/core";

export interface Route {
  readonly method: "get" | "post";
  /** `{field}` stands for a field of the operation's input. */
  readonly path: `/${string}/`;
  readonly operation: AnyOperation;
  readonly status: 200 | 202;
  /** How a body is read: `csv` hands the stream to the input field `csv`. */
  readonly body?: "json" | "csv";
}

/** The REST contract. A trailing slash is optional on every path. */
export const routes: readonly Route[] = [
  { method: "post", path: "/strategies/execute/", operation: executeStrategy, status: 202, body: "json" },
  { method: "get", path: "/strategies/", operation: listStrategies, status: 200 },
  { method: "get", path: "/strategies/{name}/", operation: getStrategy, status: 200 },
  { method: "get", path: "/executions/", operation: listExecutions, status: 200 },
  { method: "get", path: "/executions/{execution_id}/", operation: getExecution, status: 200 },
  { method: "get", path: "/executions/{execution_id}/series/", operation: getSeries, status: 200 },
  {
    method: "get",
    path: "/executions/{execution_id}/callback/attempts/",
    operation: listDeliveryAttempts,
    status: 200,
  },
  { method: "post", path: "/prices/", operation: importPrices, status: 200, body: "csv" },
  { method: "get", path: "/prices/", operation: listPrices, status: 200 },
];
