import { z } from "zod";
import { catchUps } from "../../schedules/due-fires.ts";
import { When } from "../../schedules/when.ts";
import { callbackFormats } from "../../notifications/callback-format.ts";
import { CallbackUrl, Label } from "../lifecycle/execution.ts";

/** When the end of a run is notified. */
const notificationRules = ["decision_changed", "always", "never"] as const;

/** The callback of a schedule's executions. */
const ScheduleCallback = z
  .object({
    url: CallbackUrl,
    format: z.enum(callbackFormats).meta({
      description: "Form of the body: `json` as for every callback, or a message for Slack, Discord or Telegram.",
    }),
    max_attempts: z.int().min(1).max(20).meta({ description: "Maximum number of delivery attempts." }),
    when: z.enum(notificationRules).meta({
      description: "`decision_changed` withholds unchanged decisions; failures are sent unless `never`.",
    }),
    min_turnover: z.number().min(0).max(1).meta({
      description: "Share of the account that must be traded for a decision to count as changed.",
    }),
  })
  .meta({ id: "ScheduleCallback" });

/** The definition of a schedule with all defaults, as it is stored. */
export const ScheduleSpec = z.object({
  strategy_name: z.string().meta({ description: "Name of the strategy." }),
  parameters: z.record(z.string(), z.unknown()).meta({ description: "Parameters of every execution." }),
  label: Label.nullable()
    // Specifications stored by an earlier version lack this field.
    .default(null)
    .meta({ description: "Label of every execution; null without one." }),
  priority: z.enum(["low", "normal", "high"]).meta({ description: "More urgent executions run first." }),
  when: When,
  prices: z
    .object({
      refresh: z
        .boolean()
        // Specifications stored by an earlier version lack this field.
        .default(true)
        .meta({ description: "Whether newer prices of stored tickers are requested from their providers." }),
      wait_minutes: z.int().min(0).max(10_080).meta({
        description: "How long a run waits for the prices of its trading day before it executes without them.",
      }),
    })
    .meta({ id: "SchedulePrices" }),
  catch_up: z
    .enum(catchUps)
    .meta({ description: "Which of the fires that were missed while the service was down run afterwards." }),
  catch_up_hours: z.int().min(1).max(8_760).meta({ description: "Older fires, in hours, are not caught up." }),
  callback: ScheduleCallback.nullable().meta({ description: "Where results are sent; null for nowhere." }),
  warnings: z
    .array(z.string())
    // Specifications stored by an earlier version lack this field.
    .default([])
    .meta({ description: "What may be a mistake in the rule, as of the last edit." }),
});
export type ScheduleSpec = z.output<typeof ScheduleSpec>;
