import { printableText } from "../../common/printable-text.ts";
import type { ScheduleRecord } from "@strategy-executor/db";
import { z } from "zod";
import { DomainError } from "../../common/domain-error.ts";
import { Instant, shownAddress, toInstant, type Viewer } from "../../engine/lifecycle/execution.ts";
import { CurrentDecision } from "../../engine/schedules/current-decision.ts";
import { ScheduleSpec } from "../../engine/schedules/schedule-spec.ts";
import { Decision } from "../../schedules/decision.ts";
import { describeWhen } from "../../schedules/describe-when.ts";
import { WhenInput } from "../../schedules/when.ts";
import { executeStrategy } from "../executions/execute-strategy.ts";

export const ScheduleId = z
  .int()
  .positive()
  .meta({ description: "Number of the schedule.", examples: [1] });

export const ScheduleName = printableText(100).meta({
  description: "Name of the schedule, unique for its client.",
  examples: ["BAA at month end"],
});

export const Schedule = z
  .object({
    schedule_id: ScheduleId,
    client: z.string().meta({ description: "The client that owns it." }),
    name: ScheduleName,
    ...ScheduleSpec.shape,
    version: z
      .int()
      .positive()
      .meta({ description: "Increases by one with each edit. An edit names the version that it changes." }),
    description: z.string().meta({ description: "When it fires, in words." }),
    paused_at: Instant.nullable().meta({ description: "When it was paused; null while it fires." }),
    pause_note: z.string().nullable().meta({ description: "Why it was paused." }),
    next_at: Instant.nullable().meta({ description: "When it fires next; null while it is paused or never does." }),
    decision: Decision.nullable().meta({ description: "What its latest run decided; null before." }),
    decided_on: z.iso.date().nullable().meta({ description: "Day of that decision." }),
    created_at: Instant.meta({ description: "When it was created." }),
    updated_at: Instant.meta({ description: "When it was last edited, paused or resumed." }),
  })
  .meta({ id: "Schedule", description: "A rule that submits executions automatically." });
export type Schedule = z.output<typeof Schedule>;

export function toSchedule(record: ScheduleRecord, viewer: Viewer): Schedule {
  const spec = ScheduleSpec.parse(record.spec);
  const current = record.decision === null ? null : CurrentDecision.parse(record.decision);
  return {
    schedule_id: record.id,
    client: record.client,
    name: record.name,
    ...spec,
    callback: spec.callback && { ...spec.callback, url: shownAddress(spec.callback, record.client, viewer) },
    version: record.version,
    description: describeWhen(spec.when),
    paused_at: toInstant(record.pausedAt),
    pause_note: record.pauseNote,
    next_at: record.pausedAt === null ? toInstant(record.nextAt) : null,
    decision: current?.decision ?? null,
    decided_on: current?.decided_on ?? null,
    created_at: record.createdAt.toISOString(),
    updated_at: record.updatedAt.toISOString(),
  };
}

export function noSchedule(id: number): DomainError {
  return new DomainError("not_found", `There is no schedule ${id}`);
}

export function nameTaken(name: string): DomainError {
  return new DomainError("conflict", `There is a schedule of the name ${name}`, [
    { path: "name", message: "is the name of another schedule" },
  ]);
}

const { strategy_name, parameters, label, priority } = executeStrategy.input.shape;
const { url, format, max_attempts, when: notifiedWhen, min_turnover } = ScheduleSpec.shape.callback.unwrap().shape;

/** The definition of a schedule as clients send it. */
export const scheduleInput = {
  name: ScheduleName,
  strategy_name,
  parameters: parameters.meta({
    description:
      "Parameters of every execution. `end_date` defaults to the trading day; on stored prices so does `prices_until`.",
    examples: [{ variant: "BAA-G12", use_real_data: true }],
  }),
  label: label.meta({ description: "Label of every execution." }),
  priority: priority.meta({ description: "More urgent executions run first. Default: `high`." }),
  when: WhenInput,
  prices: z
    .strictObject({
      refresh: z.boolean().nullish().meta({
        description: "Whether newer prices of stored tickers are requested from their providers. Default: true.",
      }),
      wait_minutes: ScheduleSpec.shape.prices.shape.wait_minutes.nullish(),
    })
    .nullish()
    .meta({
      id: "SchedulePricesInput",
      description: "How runs get the prices of their trading day. When absent, they wait for up to 720 minutes.",
    }),
  catch_up: ScheduleSpec.shape.catch_up.nullish().meta({
    description: "Which of the fires that were missed while the service was down run afterwards. Default: `latest`.",
  }),
  catch_up_hours: ScheduleSpec.shape.catch_up_hours
    .nullish()
    .meta({ description: "Older fires, in hours, are not caught up. Default: 168." }),
  callback: z
    .strictObject({
      url,
      format: format.nullish(),
      max_attempts: max_attempts.nullish(),
      when: notifiedWhen.nullish(),
      min_turnover: min_turnover.nullish(),
    })
    .nullish()
    .meta({
      id: "ScheduleCallbackInput",
      description: "Where results are sent, and when: only if the decision has changed, unless `when` says otherwise.",
      examples: [{ url: "https://your-server.com/webhook/strategy-result" }],
    }),
};
