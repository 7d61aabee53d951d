import type { AnyOperation } from "../operation.ts";
import { cancelExecution } from "./cancel-execution.ts";
import { executeStrategy } from "./execute-strategy.ts";
import { getExecution } from "./get-execution.ts";
import { getSeries } from "./get-series.ts";
import { getStrategy } from "./get-strategy.ts";
import { importPrices } from "./import-prices.ts";
import { listDeliveryAttempts } from "./list-delivery-attempts.ts";
import { listExecutions } from "./list-executions.ts";
import { listPrices } from "./list-prices.ts";
import { listStrategies } from "./list-strategies.ts";
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
  executeStrategy,
  getExecution,
  getSeries,
  getStrategy,
  importPrices,
  listDeliveryAttempts,
  listExecutions,
  listPrices,
  listStrategies,
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
  listPrices,
  importPrices,
  submitSweep,
  cancelSweep,
  listSweeps,
  getSweep,
  getSweepTable,
];
