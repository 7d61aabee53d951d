import { en as report } from "@strategy-executor/report/texts/en";
import { compare } from "./en/compare.ts";
import { deliveries } from "./en/deliveries.ts";
import { execution } from "./en/execution.ts";
import { executions } from "./en/executions.ts";
import { overview, workers } from "./en/overview.ts";
import { prices } from "./en/prices.ts";
import { schedules } from "./en/schedules.ts";
import { settings } from "./en/settings.ts";
import { shared } from "./en/shared.ts";
import { shell } from "./en/shell.ts";
import { forms, start } from "./en/start.ts";
import { strategies } from "./en/strategies.ts";
import { sweeps } from "./en/sweeps.ts";
import { today } from "./en/today.ts";

/** The English texts. Every other language has the same type. */
export const en = {
  compare,
  deliveries,
  execution,
  executions,
  forms,
  overview,
  prices,
  report,
  schedules,
  settings,
  shared,
  shell,
  start,
  strategies,
  sweeps,
  today,
  workers,
};
