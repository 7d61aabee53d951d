import type { Command } from "commander";
import { addCallbacks } from "./commands/callbacks/index.ts";
import { addAttempts } from "./commands/executions/attempts.ts";
import { addCancel } from "./commands/executions/cancel.ts";
import { addCompare } from "./commands/executions/compare.ts";
import { addList } from "./commands/executions/list.ts";
import { addReport } from "./commands/executions/report.ts";
import { addRetry } from "./commands/executions/retry.ts";
import { addRun } from "./commands/executions/run.ts";
import { addSeries } from "./commands/executions/series.ts";
import { addShow } from "./commands/executions/show.ts";
import { addWatch } from "./commands/executions/watch.ts";
import { addDatabase } from "./commands/database.ts";
import { addKeys } from "./commands/keys.ts";
import { addPrices } from "./commands/prices/index.ts";
import { addSecrets } from "./commands/secrets.ts";
import { addSchedule } from "./commands/schedules/index.ts";
import { addToday } from "./commands/schedules/today.ts";
import { addApi } from "./commands/service/api.ts";
import { addCompletion } from "./commands/service/completion.ts";
import { addContext } from "./commands/service/context.ts";
import { addLogin } from "./commands/service/login.ts";
import { addOpen } from "./commands/service/open.ts";
import { addQueue } from "./commands/service/queue.ts";
import { addStart } from "./commands/service/start.ts";
import { addWorkers } from "./commands/service/workers.ts";
import { addStrategies } from "./commands/strategies.ts";
import { addSweep } from "./commands/sweeps/index.ts";
import type { Session } from "./connection/session.ts";

/** Every command, in the order in which the help lists them. */
export function addCommands(program: Command, session: Session): void {
  for (const add of commands) add(program, session);
  addCompletion(program);
}

const commands: readonly ((program: Command, session: Session) => void)[] = [
  addStart,
  addOpen,
  addRun,
  addList,
  addShow,
  addAttempts,
  addWatch,
  addCancel,
  addRetry,
  addCompare,
  addSeries,
  addReport,
  addSweep,
  addSchedule,
  addToday,
  addWorkers,
  addQueue,
  addCallbacks,
  addStrategies,
  addPrices,
  addKeys,
  addDatabase,
  addSecrets,
  addLogin,
  addContext,
  addApi,
];
