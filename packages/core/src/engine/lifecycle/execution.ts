import { urlProblem } from "@strategy-executor/callback";
import type { AttemptRecord, CallbackRecord, ExecutionListRecord, ExecutionRecord } from "@strategy-executor/db";
import { z } from "zod";
import { ExecutionResult } from "./execution-result.ts";

const JsonObject = z.record(z.string(), z.unknown());
export const Instant = z.iso.datetime({ precision: 3 }).meta({ description: "ISO 8601 in UTC with milliseconds." });

export const ExecutionId = z
  .int()
  .positive()
  .meta({ description: "Number of the execution.", examples: [123] });

export const ExecutionStatus = z.enum(["pending", "running", "completed", "failed", "cancelled"]).meta({
  description: "The last three are terminal and never change.",
});

/** An address that a callback may be sent to. */
export const CallbackUrl = z
  .string()
  .min(1, { abort: true })
  .max(2083, { abort: true })
  .superRefine((text, { addIssue }) => {
    const problem = urlProblem(text);
    if (problem !== undefined) addIssue(problem);
  })
  .meta({
    format: "uri",
    description: "The result is POSTed to this address when the execution ends.",
    examples: ["https://your-server.com/webhook/strategy-result"],
  });

const Response = z
  .union([
    z.object({
      status_code: z.int().meta({ description: "Status of the receiver's answer." }),
      response_text: z.string().meta({ description: "The answer's body, up to its first 20 kB." }),
      headers: z.record(z.string(), z.string()).meta({ description: "The answer's headers." }),
    }),
    z.object({ error: z.string().meta({ description: "Why there was no answer, such as `Connection refused`." }) }),
  ])
  .nullable()
  .meta({ description: "What the last attempt brought back; null before an attempt." });

/** What is known of a callback's delivery. */
const CallbackStatus = z
  .object({
    url: z.string().meta({ description: "Where the callback is sent." }),
    sent: z.boolean().meta({ description: "True when the receiver answered with a 2xx status." }),
    sent_at: Instant.nullable().meta({ description: "When the receiver took it; null before." }),
    response: Response,
    attempts: z.int().meta({
      description: "Attempts made; not counted are those whose process died and those that somebody asked for.",
    }),
    max_attempts: z.int().meta({ description: "Attempts that may be made before it is given up." }),
    next_attempt_at: Instant.nullable().meta({
      description: "When the next attempt is made after one that failed; null when there is none to wait for.",
    }),
  })
  .meta({ id: "CallbackStatus" });

/** What every view of an execution begins with. */
export const identity = {
  execution_id: ExecutionId,
  strategy: z.string().meta({ description: "Name of the strategy.", examples: ["BoldAssetAllocation"] }),
  version: z.string().meta({ description: "Version of the strategy.", examples: ["1.0.0"] }),
};

export const ExecutionParameters = JsonObject.meta({
  description: "The parameters with defaults filled in; as they were sent where they could not be understood.",
});

export const ErrorMessage = z.string().meta({
  description: "Why there is no result.",
  examples: ["Unknown variant: INVALID. Available variants: BAA-G12, BAA-G4, BAA-G12/T3, BAA-G4/T2, BAA-SPY"],
});

const state = {
  ...identity,
  status: ExecutionStatus,
  started_at: Instant.nullable().meta({ description: "When it began to run; null if it has not." }),
  completed_at: Instant.nullable().meta({ description: "When it ended, in whatever way; null before." }),
  execution_parameters: ExecutionParameters,
};

/** How far a running execution is. Overwritten as it goes, neither numbered nor replayed. */
export const Progress = z
  .object({
    fraction: z.number().min(0).max(1).meta({ description: "Of its phase, from 0 to 1." }),
    phase: z.string().meta({ description: "What it is doing.", examples: ["backtest"] }),
  })
  .meta({ id: "Progress" });
export type Progress = z.output<typeof Progress>;

const running = Progress.optional().meta({
  description: "There only while it runs and has said how far it is.",
});

export const ExecutionSummary = z
  .object({
    ...state,
    error_message: ErrorMessage.optional(),
    progress: running,
    callback: CallbackStatus.nullable().meta({ description: "Null without a callback_url." }),
  })
  .meta({ id: "ExecutionSummary", description: "An execution without its result." });

export const Execution = z
  .object({
    ...state,
    result: ExecutionResult.optional().meta({ description: "There only when completed." }),
    error_message: ErrorMessage.optional().meta({ description: "There only when failed or cancelled." }),
    progress: running,
    callback: CallbackStatus.nullable().meta({ description: "Null without a callback_url." }),
  })
  .meta({ id: "Execution" });

export type ExecutionSummary = z.output<typeof ExecutionSummary>;
export type Execution = z.output<typeof Execution>;

/** The status answer, keys in the order of the guide. */
export function toExecution(record: ExecutionRecord): Execution {
  return {
    ...head(record),
    ...(record.result !== null && { result: record.result as ExecutionResult }),
    ...tail(record),
  };
}

/** An element of a list of executions. */
export function toExecutionSummary(record: ExecutionListRecord): ExecutionSummary {
  return { ...head(record), ...tail(record) };
}

/** An attempt as it is listed. */
export const DeliveryAttempt = z
  .object({
    number: z.int().positive().meta({ description: "1, 2, 3 ... within the callback." }),
    url: z.string().meta({ description: "Where the callback was sent." }),
    redelivery: z.boolean().meta({
      description: "Whether somebody asked for it; such an attempt counts as none of those that may be made.",
    }),
    started_at: Instant.meta({ description: "When it began." }),
    ended_at: Instant.nullable().meta({ description: "When the answer was there; null while it is awaited." }),
    duration_ms: z.int().nullable().meta({
      description: "From the first look-up to the last byte of the answer that was read; null where that is not known.",
    }),
    signed_with: z.array(z.string()).meta({
      description: "Ids of the secrets that signed it, in the order of the signatures; empty when it was not signed.",
    }),
    response: Response.meta({ description: "What came back; null while the answer is awaited." }),
  })
  .meta({ id: "DeliveryAttempt" });

export function toDeliveryAttempt(record: AttemptRecord): z.output<typeof DeliveryAttempt> {
  return {
    number: record.number,
    url: record.url,
    redelivery: record.redelivery,
    started_at: record.startedAt.toISOString(),
    ended_at: toInstant(record.endedAt),
    duration_ms: record.durationMs,
    signed_with: [...record.signedWith],
    response: toResponse(record),
  };
}

function head(record: ExecutionListRecord) {
  return {
    execution_id: record.id,
    strategy: record.strategy,
    version: record.version,
    status: record.status,
    started_at: toInstant(record.startedAt),
    completed_at: toInstant(record.completedAt),
    execution_parameters: record.executionParameters,
  };
}

function tail(record: ExecutionListRecord) {
  return {
    ...(record.errorMessage !== null && { error_message: record.errorMessage }),
    ...(record.progress !== null && { progress: record.progress }),
    callback: record.callback === null ? null : toCallbackStatus(record.callback),
  };
}

function toCallbackStatus(callback: CallbackRecord): z.output<typeof CallbackStatus> {
  return {
    url: callback.url,
    sent: callback.sent,
    sent_at: toInstant(callback.sentAt),
    response: callback.response as z.output<typeof Response>,
    attempts: callback.attempts,
    max_attempts: callback.maxAttempts,
    next_attempt_at: toInstant(callback.nextAttemptAt),
  };
}

function toResponse(record: AttemptRecord): z.output<typeof Response> {
  if (record.endedAt === null) return null;
  if (record.error !== null) return { error: record.error };
  return {
    status_code: record.statusCode ?? 0,
    response_text: record.responseText ?? "",
    headers: record.headers ?? {},
  };
}

export function toInstant(date: Date | null): string | null {
  return date === null ? null : date.toISOString();
}
