import {
  addDueCallback,
  type Database,
  endedRuns,
  type EndingRun,
  endRun,
  lockEndingRun,
  type RunEnd,
  type RunKey,
} from "@strategy-executor/db";
import { toIsoDay } from "../../market/calendar.ts";
import { compareDecisions, type Decision, decisionOf } from "../../schedules/decision.ts";
import { callbackJob } from "../delivery/callback-job.ts";
import type { Signals } from "../signals/signals.ts";
import type { Queue } from "../work/queue.ts";
import { ScheduleSpec } from "./schedule-spec.ts";
import { CurrentDecision } from "./current-decision.ts";

/** Runs read at once. */
const batchSize = 100;
/** Schedules whose runs end at the same time. */
const concurrency = 8;
const maxReason = 500;

export interface EndOptions {
  readonly database: Database;
  readonly queue: Queue;
  readonly signals: Signals;
}

/**
 * Ends the runs whose executions have ended. One transaction per run compares its decision with the schedule's, stores the new one and, if
 * a notification is due, makes its callback due. Delivery then proceeds as for any callback.
 */
export async function endRuns(options: EndOptions): Promise<void> {
  for (;;) {
    const keys = await endedRuns(options.database.db, batchSize);
    // Ends the runs of a schedule one by one, oldest first, because each is compared with the decision before it.
    const schedules = [...Map.groupBy(keys, ({ scheduleId }) => scheduleId).values()];
    for (let first = 0; first < schedules.length; first += concurrency) {
      await Promise.all(schedules.slice(first, first + concurrency).map((own) => endInTurn(options, own)));
    }
    if (keys.length < batchSize) return;
  }
}

async function endInTurn(options: EndOptions, keys: readonly RunKey[]): Promise<void> {
  for (const key of keys) await end(options, key);
}

async function end({ database, queue, signals }: EndOptions, key: RunKey): Promise<void> {
  const isDue = await database.db.transaction(async (tx) => {
    const run = await lockEndingRun(tx, key);
    if (run === null) return false;
    const spec = ScheduleSpec.parse(run.spec);
    const ending = endingOf(key, run, spec);
    await endRun(tx, key, ending);
    if (ending.notification !== "due" || spec.callback === null) return false;
    const { url, format, max_attempts: maxAttempts } = spec.callback;
    const { executionId } = run;
    const additions = ending.body === null ? {} : { decision: ending.body };
    const webhookId = await addDueCallback(tx, { executionId, url, format, maxAttempts, additions });
    if (webhookId !== null) await queue.add(tx, "callbacks", [callbackJob(executionId, { url, webhookId })]);
    return true;
  });
  signals.send("runs", "changed");
  if (isDue) signals.send("jobs", "callbacks");
}

interface Ending extends RunEnd {
  /** The field `decision` of the callback. */
  readonly body: Record<string, unknown> | null;
}

function endingOf(key: RunKey, run: EndingRun, spec: ScheduleSpec): Ending {
  const unkept = { changed: null, decision: null, body: null };
  if (run.status === null) return { ...unkept, reason: "The execution was removed", notification: "none" };
  if (run.status !== "completed") {
    const reason = `The execution ${run.status === "failed" ? "failed" : "was cancelled"}: ${run.errorMessage ?? ""}`;
    return { ...unkept, reason: shorten(reason), notification: notificationOf(run, spec, true) };
  }
  const result = run.result ?? {};
  const decision = decisionOf(result);
  if (decision === null) {
    const reason = "The result reports no decision to compare";
    return { ...unkept, reason, notification: notificationOf(run, spec, true) };
  }
  const previous = run.decision === null ? null : CurrentDecision.parse(run.decision).decision;
  const { changed, turnover } = compareDecisions(previous, decision, spec.callback?.min_turnover ?? 0);
  const notification = notificationOf(run, spec, changed);
  const keeps = run.origin !== "backfill" && !run.isOvertaken;
  const fireAt = new Date(key.fireAt).toISOString();
  const schedule = { schedule_id: key.scheduleId, name: run.name, fire_at: fireAt, trading_day: run.tradingDay };
  return {
    changed,
    notification,
    reason: notification === "withheld" ? "The decision has not changed" : null,
    decision: keeps ? currentDecision(run, result, { decision, previous, turnover, changed }) : null,
    body: { changed, turnover, previous, schedule },
  };
}

function notificationOf({ notifies }: EndingRun, { callback }: ScheduleSpec, isNews: boolean): RunEnd["notification"] {
  if (callback === null || !notifies || callback.when === "never") return "none";
  return isNews || callback.when === "always" ? "due" : "withheld";
}

function currentDecision(
  { executionId }: EndingRun,
  result: Readonly<Record<string, unknown>>,
  compared: { decision: Decision; previous: Decision | null; turnover: number; changed: boolean },
): CurrentDecision {
  const source = (result["portfolio"] ?? result["position"] ?? {}) as Readonly<Record<string, unknown>>;
  const data = (result["data"] ?? {}) as Readonly<Record<string, unknown>>;
  return {
    execution_id: executionId,
    ...compared,
    because: textOf(source["because"]),
    decided_on: dayOf(source["decided_on"]),
    traded_on: dayOf(source["filled_on"]),
    prices_until: dayOf(data["last_day"]),
  };
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

/** A user's strategy may report anything. */
function dayOf(value: unknown): string | null {
  return typeof value === "string" && isDay(value) ? value : null;
}

function isDay(text: string): boolean {
  const days = Date.parse(`${text}T00:00:00Z`) / 86_400_000;
  return Number.isInteger(days) && toIsoDay(days) === text;
}

function shorten(reason: string): string {
  return reason.length <= maxReason ? reason : `${reason.slice(0, maxReason - 1).toWellFormed()}…`;
}
