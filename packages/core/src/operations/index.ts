import type { AnyOperation } from "../operation.ts";
import { cancelExecution } from "./cancel-execution.ts";
import { createSigningSecret } from "./create-signing-secret.ts";
import { endSigningSecret } from "./end-signing-secret.ts";
import { executeStrategy } from "./execute-strategy.ts";
import { getExecution } from "./get-execution.ts";
import { getSeries } from "./get-series.ts";
import { getStrategy } from "./get-strategy.ts";
import { importPrices } from "./import-prices.ts";
import { listDeliveryAttempts } from "./list-delivery-attempts.ts";
import { listExecutions } from "./list-executions.ts";
import { listPrices } from "./list-prices.ts";
import { listReceivers } from "./list-receivers.ts";
import { listSigningSecrets } from "./list-signing-secrets.ts";
import { listStrategies } from "./list-strategies.ts";
import { redeliverCallback } from "./redeliver-callback.ts";
import { redeliverCallbacks } from "./redeliver-callbacks.ts";
import { rotateSigningSecret } from "./rotate-signing-secret.ts";
import { cancelSweep } from "./cancel-sweep.ts";
import { getSweep } from "./get-sweep.ts";
import { getSweepTable } from "./get-sweep-table.ts";
import { listSweeps } from "./list-sweeps.ts";
import { submitSweep } from "./submit-sweep.ts";

export {
  submitSweep,
  listSweeps,
  getSweepTable,
  getSweep,
  cancelSweep,
  cancelExecution,
  createSigningSecret,
  endSigningSecret,
  executeStrategy,
  getExecution,
  getSeries,
  getStrategy,
  importPrices,
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
  listStrategies,
  getStrategy,
  executeStrategy,
  cancelExecution,
  listExecutions,
  getExecution,
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
  submitSweep,
  cancelSweep,
  listSweeps,
  getSweep,
  getSweepTable,
];
