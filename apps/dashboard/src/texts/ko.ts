import { ko as report } from "@strategy-executor/report/texts/ko";
import { compare } from "./ko/compare.ts";
import { deliveries } from "./ko/deliveries.ts";
import { execution } from "./ko/execution.ts";
import { executions } from "./ko/executions.ts";
import { overview, workers } from "./ko/overview.ts";
import { prices } from "./ko/prices.ts";
import { schedules } from "./ko/schedules.ts";
import { settings } from "./ko/settings.ts";
import { shared } from "./ko/shared.ts";
import { shell } from "./ko/shell.ts";
import { forms, start } from "./ko/start.ts";
import { strategies } from "./ko/strategies.ts";
import { sweeps } from "./ko/sweeps.ts";
import { today } from "./ko/today.ts";
import type { Texts } from "./texts.ts";

export const ko: Texts = {
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
