import type { ExecutionFilter } from "@strategy-executor/db";
import { z } from "zod";
import { givenInstant } from "../../common/given-time.ts";
import { comparableText } from "../../common/printable-text.ts";
import { ExecutionKind, ExecutionStatus, Label } from "../../engine/lifecycle/execution.ts";

const statuses = ExecutionStatus.options.join("|");

/** What became of a callback. */
export const CallbackState = z.enum(["waiting", "due", "delivered", "given_up", "none"]).meta({
  description:
    "`waiting` for the execution to end, `due` for an attempt, `delivered`, `given_up` after the last attempt, or `none` without one.",
});

const instant = (description: string) => givenInstant().meta({ description, examples: ["2025-10-04T00:00:00.000Z"] });

/** A receiver as `listReceivers` names it. */
export const receiver = z
  .string()
  .max(2_083)
  .refine(isOrigin, { error: "must be an origin such as https://example.org, or `mailto:`" })
  .meta({
    description: "A receiver of callbacks: the origin of its address, or `mailto:` for mail.",
    examples: ["https://your-server.com"],
  });

function isOrigin(text: string): boolean {
  if (text === "mailto:") return true;
  return /^https?:/.test(text) && URL.parse(text)?.origin === text;
}

/** Input fields that select executions. */
export const executionFilter = {
  status: z
    .string()
    .regex(new RegExp(`^(${statuses})(,(${statuses}))*$`), {
      error: `must be one of ${ExecutionStatus.options.join(", ")}, or several of them separated by commas`,
    })
    .optional()
    .meta({
      description: "Only executions in this state, or in one of several separated by commas.",
      examples: ["failed"],
    }),
  strategy: comparableText().optional().meta({ description: "Only executions of this strategy." }),
  schedule_id: z.int().positive().optional().meta({ description: "Only executions of this schedule." }),
  label: Label.optional().meta({ description: "Only executions whose label begins with this." }),
  since: instant("Only executions accepted at this time or later.").optional(),
  until: instant("Only executions accepted before this time.").optional(),
  callback: CallbackState.optional().meta({ description: "Only executions whose callback is in this state." }),
  kind: ExecutionKind.optional().meta({ description: "Only sweeps, or only executions that are not sweeps." }),
};

type Filter = z.output<z.ZodObject<typeof executionFilter>>;

/** The filter as the database takes it. */
export function toExecutionFilter(filter: Filter): Omit<ExecutionFilter, "owner" | "limit"> {
  const { status, strategy, schedule_id: scheduleId, label, since, until, callback, kind } = filter;
  return {
    statuses: status === undefined ? undefined : [...new Set(status.split(",") as z.output<typeof ExecutionStatus>[])],
    strategy,
    scheduleId,
    label,
    since: since === undefined ? undefined : new Date(since),
    until: until === undefined ? undefined : new Date(until),
    callback,
    kind,
  };
}
