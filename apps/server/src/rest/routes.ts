import type { Callback } from "@strategy-executor/callback";
import {
  cancelExecution,
  cancelExecutions,
  retryExecution,
  createSigningSecret,
  endSigningSecret,
  cancelSweep,
  executeStrategy,
  executionCallback,
  getCalendar,
  getExecution,
  checkParameters,
  createApiKey,
  getActivity,
  getQueue,
  listExecutionAttempts,
  listWorkers,
  getCallbackRequest,
  getReport,
  getSeries,
  getSession,
  listApiKeys,
  revokeApiKey,
  getStrategy,
  getSweep,
  getSweepTable,
  importPrices,
  refreshPrices,
  getPrices,
  deletePrices,
  listDataSeries,
  importDataSeries,
  deleteDataSeries,
  listDeliveryAttempts,
  listExecutions,
  listPrices,
  listReceivers,
  listSigningSecrets,
  listStrategies,
  redeliverCallback,
  redeliverCallbacks,
  rotateSigningSecret,
  listSweeps,
  previewSchedule,
  createSchedule,
  listSchedules,
  getSchedule,
  updateSchedule,
  pauseSchedule,
  resumeSchedule,
  deleteSchedule,
  triggerSchedule,
  backfillSchedule,
  listScheduleRuns,
  getToday,
  setExchangeDay,
  submitSweep,
  sweepCallback,
  reportHtml,
  seriesCsv,
  sweepTableCsv,
  type AnyOperation,
  type Ctx,
} from "@strategy-executor/core";
import { reportPolicy } from "@strategy-executor/report/html";
import type { ProblemStatus } from "./problem-responses.ts";

export interface Route {
  readonly method: "get" | "post" | "delete";
  /** `{field}` is a field of the operation's input. */
  readonly path: `/${string}/`;
  readonly operation: AnyOperation;
  readonly status: 200 | 201 | 202;
  /** How the body is read: `csv` passes the stream as the input field `csv`. */
  readonly body?: "json" | "csv";
  /** Input fields that may also come as headers, by header name. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The tag in the document. */
  readonly tag:
    | "Strategies"
    | "Executions"
    | "Sweeps"
    | "Callbacks"
    | "Prices"
    | "Calendar"
    | "Schedules"
    | "Service"
    | "Access";
  /** Refusals besides those that follow from path, fields and body. */
  readonly problems?: readonly ProblemStatus[];
  readonly callbacks?: readonly Callback[];
  /** An alternative media type for the whole output. */
  readonly text?: TextForm;
}

/** The query field that selects a representation. Only REST has it. */
export const formatField = "format";

/** A representation of a response other than JSON. */
export interface TextForm {
  readonly type: "text/csv" | "text/html";
  /**
   * When a client that accepts this form and JSON equally gets this form: `always`, `named` if its `Accept` names the media type instead of
   * a wildcard, or `never`.
   */
  readonly isPreferred: "always" | "named" | "never";
  /** The value of `format` that selects this form, whatever the client accepts. */
  readonly format: "csv" | "html";
  readonly example: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly of: (ctx: Ctx, input: unknown) => Promise<AsyncIterable<string>>;
}

const tableExample = `\
combination,long_window,short_window,return,cagr,volatility,sharpe,max_drawdown,calmar,trades,exposure,final_value
0,50,20,5.32,0.0587,0.1189,0.5405,-0.3101,0.1893,155,0.6432,632642.81
`;

const seriesExample = `\
date,equity,drawdown
2005-01-03,100000,0
2005-01-04,99873.21,-0.0012679000000000062
`;

const reportExample = '<!doctype html>\n<html lang="en">\n…\n</html>\n';

/** The REST API. A trailing slash is optional on every path. */
export const routes: readonly Route[] = [
  {
    method: "post",
    path: "/strategies/execute/",
    operation: executeStrategy,
    status: 202,
    body: "json",
    headers: { "Idempotency-Key": "idempotency_key" },
    tag: "Strategies",
    problems: [404, 409, 503],
    callbacks: [executionCallback],
  },
  { method: "get", path: "/strategies/", operation: listStrategies, status: 200, tag: "Strategies" },
  { method: "get", path: "/strategies/{name}/", operation: getStrategy, status: 200, tag: "Strategies" },
  {
    method: "post",
    path: "/strategies/{name}/check/",
    operation: checkParameters,
    status: 200,
    body: "json",
    tag: "Strategies",
  },
  { method: "get", path: "/session/", operation: getSession, status: 200, tag: "Access" },
  { method: "get", path: "/activity/", operation: getActivity, status: 200, tag: "Executions" },
  { method: "get", path: "/workers/", operation: listWorkers, status: 200, tag: "Service" },
  { method: "get", path: "/queue/", operation: getQueue, status: 200, tag: "Service" },
  { method: "get", path: "/api-keys/", operation: listApiKeys, status: 200, tag: "Access" },
  {
    method: "post",
    path: "/api-keys/",
    operation: createApiKey,
    status: 201,
    body: "json",
    tag: "Access",
    problems: [503],
  },
  { method: "post", path: "/api-keys/{prefix}/revoke/", operation: revokeApiKey, status: 200, tag: "Access" },
  { method: "get", path: "/executions/", operation: listExecutions, status: 200, tag: "Executions" },
  { method: "get", path: "/executions/{execution_id}/", operation: getExecution, status: 200, tag: "Executions" },
  {
    method: "get",
    path: "/executions/{execution_id}/attempts/",
    operation: listExecutionAttempts,
    status: 200,
    tag: "Executions",
  },
  {
    method: "post",
    path: "/executions/{execution_id}/cancel/",
    operation: cancelExecution,
    status: 202,
    tag: "Executions",
    problems: [409],
  },
  {
    method: "post",
    path: "/executions/cancel/",
    operation: cancelExecutions,
    status: 202,
    body: "json",
    tag: "Executions",
  },
  {
    method: "post",
    path: "/executions/{execution_id}/retry/",
    operation: retryExecution,
    status: 202,
    tag: "Executions",
    problems: [409, 503],
  },
  {
    method: "get",
    path: "/executions/{execution_id}/series/",
    operation: getSeries,
    status: 200,
    tag: "Executions",
    problems: [409],
    text: { type: "text/csv", isPreferred: "never", format: "csv", example: seriesExample, of: seriesCsv },
  },
  {
    method: "get",
    path: "/executions/{execution_id}/report/",
    operation: getReport,
    status: 200,
    tag: "Executions",
    problems: [409, 503],
    text: {
      type: "text/html",
      isPreferred: "named",
      format: "html",
      example: reportExample,
      headers: { "Content-Security-Policy": `${reportPolicy}; frame-ancestors 'none'` },
      of: reportHtml,
    },
  },
  {
    method: "get",
    path: "/executions/{execution_id}/callback/attempts/",
    operation: listDeliveryAttempts,
    status: 200,
    tag: "Executions",
  },
  {
    method: "get",
    path: "/executions/{execution_id}/callback/request/",
    operation: getCallbackRequest,
    status: 200,
    tag: "Executions",
    problems: [409],
  },
  {
    method: "post",
    path: "/executions/{execution_id}/callback/redeliver/",
    operation: redeliverCallback,
    status: 202,
    tag: "Executions",
    problems: [409],
  },
  {
    method: "post",
    path: "/callbacks/redeliver/",
    operation: redeliverCallbacks,
    status: 202,
    body: "json",
    tag: "Callbacks",
  },
  { method: "get", path: "/receivers/", operation: listReceivers, status: 200, tag: "Callbacks" },
  {
    method: "post",
    path: "/signing-secrets/",
    operation: createSigningSecret,
    status: 201,
    body: "json",
    tag: "Callbacks",
    problems: [409, 501, 503],
  },
  {
    method: "post",
    path: "/signing-secrets/rotate/",
    operation: rotateSigningSecret,
    status: 201,
    body: "json",
    tag: "Callbacks",
    problems: [404, 409, 501, 503],
  },
  { method: "get", path: "/signing-secrets/", operation: listSigningSecrets, status: 200, tag: "Callbacks" },
  {
    method: "post",
    path: "/signing-secrets/{secret_id}/end/",
    operation: endSigningSecret,
    status: 200,
    tag: "Callbacks",
  },
  {
    method: "post",
    path: "/sweeps/",
    operation: submitSweep,
    status: 202,
    body: "json",
    headers: { "Idempotency-Key": "idempotency_key" },
    tag: "Sweeps",
    problems: [404, 409, 503],
    callbacks: [sweepCallback],
  },
  { method: "get", path: "/sweeps/", operation: listSweeps, status: 200, tag: "Sweeps" },
  { method: "get", path: "/sweeps/{execution_id}/", operation: getSweep, status: 200, tag: "Sweeps" },
  {
    method: "post",
    path: "/sweeps/{execution_id}/cancel/",
    operation: cancelSweep,
    status: 202,
    tag: "Sweeps",
    problems: [409],
  },
  {
    method: "get",
    path: "/sweeps/{execution_id}/table/",
    operation: getSweepTable,
    status: 200,
    tag: "Sweeps",
    problems: [409],
    text: { type: "text/csv", isPreferred: "always", format: "csv", example: tableExample, of: sweepTableCsv },
  },
  { method: "post", path: "/prices/", operation: importPrices, status: 200, body: "csv", tag: "Prices" },
  {
    method: "post",
    path: "/prices/refresh/",
    operation: refreshPrices,
    status: 200,
    body: "json",
    tag: "Prices",
    problems: [503],
  },
  { method: "get", path: "/prices/", operation: listPrices, status: 200, tag: "Prices" },
  { method: "get", path: "/prices/{ticker}/", operation: getPrices, status: 200, tag: "Prices" },
  { method: "delete", path: "/prices/{ticker}/", operation: deletePrices, status: 200, tag: "Prices" },
  { method: "post", path: "/data-series/", operation: importDataSeries, status: 200, body: "csv", tag: "Prices" },
  { method: "get", path: "/data-series/", operation: listDataSeries, status: 200, tag: "Prices" },
  { method: "delete", path: "/data-series/{name}/", operation: deleteDataSeries, status: 200, tag: "Prices" },
  {
    method: "post",
    path: "/schedules/preview/",
    operation: previewSchedule,
    status: 200,
    body: "json",
    tag: "Schedules",
  },
  {
    method: "post",
    path: "/schedules/",
    operation: createSchedule,
    status: 201,
    body: "json",
    tag: "Schedules",
    problems: [404, 409, 503],
  },
  { method: "get", path: "/schedules/", operation: listSchedules, status: 200, tag: "Schedules" },
  { method: "get", path: "/schedules/{schedule_id}/", operation: getSchedule, status: 200, tag: "Schedules" },
  {
    method: "post",
    path: "/schedules/{schedule_id}/update/",
    operation: updateSchedule,
    status: 200,
    body: "json",
    tag: "Schedules",
    problems: [409],
  },
  {
    method: "post",
    path: "/schedules/{schedule_id}/pause/",
    operation: pauseSchedule,
    status: 200,
    body: "json",
    tag: "Schedules",
  },
  {
    method: "post",
    path: "/schedules/{schedule_id}/resume/",
    operation: resumeSchedule,
    status: 200,
    tag: "Schedules",
  },
  {
    method: "post",
    path: "/schedules/{schedule_id}/delete/",
    operation: deleteSchedule,
    status: 200,
    tag: "Schedules",
  },
  {
    method: "post",
    path: "/schedules/{schedule_id}/trigger/",
    operation: triggerSchedule,
    status: 202,
    tag: "Schedules",
  },
  {
    method: "post",
    path: "/schedules/{schedule_id}/backfill/",
    operation: backfillSchedule,
    status: 202,
    body: "json",
    tag: "Schedules",
  },
  { method: "get", path: "/schedules/{schedule_id}/runs/", operation: listScheduleRuns, status: 200, tag: "Schedules" },
  { method: "get", path: "/today/", operation: getToday, status: 200, tag: "Schedules" },
  { method: "get", path: "/calendar/{exchange}/", operation: getCalendar, status: 200, tag: "Calendar" },
  {
    method: "post",
    path: "/calendar/{exchange}/",
    operation: setExchangeDay,
    status: 200,
    body: "json",
    tag: "Calendar",
  },
];
