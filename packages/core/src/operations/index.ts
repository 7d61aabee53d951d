import type { AnyOperation } from "./operation.ts";
import { getCalendar } from "./calendar/get-calendar.ts";
import { setExchangeDay } from "./calendar/set-exchange-day.ts";
import { createSchedule } from "./schedules/create-schedule.ts";
import { listSchedules } from "./schedules/list-schedules.ts";
import { getSchedule } from "./schedules/get-schedule.ts";
import { updateSchedule } from "./schedules/update-schedule.ts";
import { pauseSchedule } from "./schedules/pause-schedule.ts";
import { resumeSchedule } from "./schedules/resume-schedule.ts";
import { deleteSchedule } from "./schedules/delete-schedule.ts";
import { triggerSchedule } from "./schedules/trigger-schedule.ts";
import { backfillSchedule } from "./schedules/backfill-schedule.ts";
import { listScheduleRuns } from "./schedules/list-schedule-runs.ts";
import { getToday } from "./schedules/get-today.ts";
import { previewSchedule } from "./schedules/preview-schedule.ts";
import { cancelExecutions } from "./executions/cancel-executions.ts";
import { retryExecution } from "./executions/retry-execution.ts";
import { cancelExecution } from "./executions/cancel-execution.ts";
import { createSigningSecret } from "./signing-secrets/create-signing-secret.ts";
import { endSigningSecret } from "./signing-secrets/end-signing-secret.ts";
import { executeStrategy } from "./executions/execute-strategy.ts";
import { getExecution } from "./executions/get-execution.ts";
import { getReport } from "./reports/get-report.ts";
import { getSeries } from "./executions/get-series.ts";
import { getStrategy } from "./strategies/get-strategy.ts";
import { deleteDataSeries } from "./data-series/delete-data-series.ts";
import { importDataSeries } from "./data-series/import-data-series.ts";
import { listDataSeries } from "./data-series/list-data-series.ts";
import { deletePrices } from "./prices/delete-prices.ts";
import { getPrices } from "./prices/get-prices.ts";
import { importPrices } from "./prices/import-prices.ts";
import { refreshPrices } from "./prices/refresh-prices.ts";
import { listDeliveryAttempts } from "./callbacks/list-delivery-attempts.ts";
import { listExecutionAttempts } from "./executions/list-execution-attempts.ts";
import { listExecutions } from "./executions/list-executions.ts";
import { listPrices } from "./prices/list-prices.ts";
import { listReceivers } from "./callbacks/list-receivers.ts";
import { listSigningSecrets } from "./signing-secrets/list-signing-secrets.ts";
import { listStrategies } from "./strategies/list-strategies.ts";
import { redeliverCallback } from "./callbacks/redeliver-callback.ts";
import { redeliverCallbacks } from "./callbacks/redeliver-callbacks.ts";
import { rotateSigningSecret } from "./signing-secrets/rotate-signing-secret.ts";
import { cancelSweep } from "./sweeps/cancel-sweep.ts";
import { getSweep } from "./sweeps/get-sweep.ts";
import { getSweepTable } from "./sweeps/get-sweep-table.ts";
import { listSweeps } from "./sweeps/list-sweeps.ts";
import { submitSweep } from "./sweeps/submit-sweep.ts";
import { getSession } from "./service/get-session.ts";
import { getActivity } from "./service/get-activity.ts";
import { getQueue } from "./service/get-queue.ts";
import { listWorkers } from "./service/list-workers.ts";
import { checkParameters } from "./strategies/check-parameters.ts";
import { getCallbackRequest } from "./callbacks/get-callback-request.ts";
import { listApiKeys } from "./api-keys/list-api-keys.ts";
import { createApiKey } from "./api-keys/create-api-key.ts";
import { revokeApiKey } from "./api-keys/revoke-api-key.ts";

export {
  getSession,
  getActivity,
  getQueue,
  listWorkers,
  listExecutionAttempts,
  checkParameters,
  getCallbackRequest,
  listApiKeys,
  createApiKey,
  revokeApiKey,
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
  previewSchedule,
  getCalendar,
  setExchangeDay,
  submitSweep,
  listSweeps,
  getSweepTable,
  getSweep,
  cancelSweep,
  cancelExecution,
  cancelExecutions,
  retryExecution,
  createSigningSecret,
  endSigningSecret,
  executeStrategy,
  getExecution,
  getReport,
  getSeries,
  getStrategy,
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
};

/** Everything the service does, once. */
export const operations: readonly AnyOperation[] = [
  getSession,
  getActivity,
  listWorkers,
  getQueue,
  checkParameters,
  getCallbackRequest,
  listApiKeys,
  createApiKey,
  revokeApiKey,
  listStrategies,
  getStrategy,
  executeStrategy,
  cancelExecution,
  cancelExecutions,
  retryExecution,
  listExecutions,
  getExecution,
  listExecutionAttempts,
  getReport,
  getSeries,
  listDeliveryAttempts,
  redeliverCallback,
  redeliverCallbacks,
  listReceivers,
  createSigningSecret,
  rotateSigningSecret,
  listSigningSecrets,
  endSigningSecret,
  listPrices,
  importPrices,
  refreshPrices,
  getPrices,
  deletePrices,
  listDataSeries,
  importDataSeries,
  deleteDataSeries,
  submitSweep,
  cancelSweep,
  listSweeps,
  getSweep,
  getSweepTable,
  getCalendar,
  setExchangeDay,
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
];
