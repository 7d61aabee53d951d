import { printableText } from "../../common/printable-text.ts";
import { urlProblem } from "@strategy-executor/callback";
import type { AttemptRecord, CallbackRecord, ExecutionListRecord, ExecutionRecord } from "@strategy-executor/db";
import { z } from "zod";
import { callbackFormats, maskAddress, toFormat } from "../../notifications/callback-format.ts";
import { isMail, mailtoProblem } from "../../notifications/mailto.ts";
import { ExecutionResult } from "./execution-result.ts";

const JsonObject = z.record(z.string(), z.unknown());
export const Instant = z.iso.datetime({ precision: 3 }).meta({ description: "ISO 8601 in UTC with milliseconds." });

export const ExecutionId = z
  .int()
  .positive()
  .meta({ description: "Number of the execution.", examples: [123] });

/** The client's name for an execution. It is shown and searchable, and need not be unique. */
export const Label = printableText(100).meta({
  description: "A name for people, shown in lists.",
  examples: ["BAA at month end"],
});

export const ExecutionStatus = z.enum(["pending", "running", "completed", "failed", "cancelled"]).meta({
  description: "The last three are terminal and never change.",
});

/** Characters of a callback address. */
const maxUrlLength = 2_083;

/** An address that a callback may be sent to. */
export const CallbackUrl = z
  .string()
  .min(1, { abort: true })
  .max(maxUrlLength, { abort: true })
  .superRefine((text, { addIssue }) => {
    const problem = isMail(text) ? mailtoProblem(text) : urlProblem(text, maxUrlLength);
    if (problem !== undefined) addIssue(problem);
  })
  .meta({
    format: "uri",
    description:
      "The result is POSTed to this address when the execution ends. `mailto:` sends a mail, where the service has an SMTP server.",
    examples: ["https://your-server.com/webhook/strategy-result"],
  });

const Response = z
  .union([
    z.object({
      status_code: z.int().meta({ description: "Status of the receiver's answer." }),
      response_text: z.string().meta({ description: "The first 20 kB of the response body." }),
      headers: z.record(z.string(), z.string()).meta({ description: "Headers of the response." }),
    }),
    z.object({ error: z.string().meta({ description: "Why there was no response, such as `Connection refused`." }) }),
  ])
  .nullable()
  .meta({ description: "Response to the last attempt; null before the first attempt." });

/** The delivery status of a callback. */
const CallbackStatus = z
  .object({
    url: z.string().meta({
      description:
        "Where the callback is sent. Addresses of Slack, Discord and Telegram are masked for everybody but the execution's client.",
    }),
    format: z.enum(callbackFormats).meta({ description: "Form of the body." }),
    sent: z.boolean().meta({ description: "True when the receiver answered with a 2xx status." }),
    sent_at: Instant.nullable().meta({ description: "When the receiver accepted the callback; null before." }),
    response: Response,
    attempts: z.int().meta({
      description: "Attempts made, without redeliveries and attempts that were interrupted.",
    }),
    max_attempts: z.int().meta({ description: "Maximum number of attempts." }),
    next_attempt_at: Instant.nullable().meta({
      description: "When a failed delivery is retried; null when no retry is scheduled.",
    }),
  })
  .meta({ id: "CallbackStatus" });

/** Common first fields of every view of an execution. */
export const identity = {
  execution_id: ExecutionId,
  strategy: z.string().meta({ description: "Name of the strategy.", examples: ["BoldAssetAllocation"] }),
  version: z.string().meta({ description: "Version of the strategy.", examples: ["1.0.0"] }),
};

export const ExecutionParameters = JsonObject.meta({
  description: "The parameters with defaults filled in; as submitted when they were invalid.",
});

export const ErrorMessage = z.string().meta({
  description: "Why there is no result.",
  examples: ["Unknown variant: INVALID. Available variants: BAA-G12, BAA-G4, BAA-G12/T3, BAA-G4/T2, BAA-SPY"],
});

const state = {
  ...identity,
  status: ExecutionStatus,
  started_at: Instant.nullable().meta({ description: "When the execution began to run; null if it has not." }),
  completed_at: Instant.nullable().meta({ description: "When it ended; null before." }),
  execution_parameters: ExecutionParameters,
};

export const ExecutionKind = z.enum(["execution", "sweep"]);

/** After the fields of the guide, whose order is fixed. */
const naming = {
  label: Label.nullable().meta({ description: "Its label; null without one." }),
  schedule_id: z
    .int()
    .positive()
    .nullable()
    .meta({ description: "The schedule that submitted the execution; null without one." }),
  retry_of: z
    .int()
    .positive()
    .nullable()
    .meta({ description: "The execution that this one repeats; null for other executions." }),
  kind: ExecutionKind.meta({ description: "Whether the execution is a sweep." }),
  accepted_at: Instant.meta({ description: "When it was accepted." }),
};

/** Progress of a running execution. It is overwritten, neither numbered nor replayed. */
export const Progress = z
  .object({
    fraction: z.number().min(0).max(1).meta({ description: "Completed fraction of the phase, from 0 to 1." }),
    phase: z.string().meta({ description: "Current phase.", examples: ["backtest"] }),
  })
  .meta({ id: "Progress" });
export type Progress = z.output<typeof Progress>;

const running = Progress.optional().meta({
  description: "Present only while the execution runs and has reported progress.",
});

const omitted = z.literal(true).optional().meta({
  description: "Present only when the parameters are larger than 4 kB of JSON: a list leaves them out.",
});

export const ExecutionSummary = z
  .object({
    ...state,
    execution_parameters: ExecutionParameters.nullable().meta({
      description: "As in the status; null when they are larger than 4 kB of JSON.",
    }),
    parameters_omitted: omitted,
    error_message: ErrorMessage.optional().meta({
      description: "Why there is no result; its first 500 characters.",
    }),
    progress: running,
    callback: CallbackStatus.nullable().meta({ description: "Null without a callback_url." }),
    ...naming,
    final_value: z.number().nullable().meta({ description: "Of its result; null without one." }),
    return: z.number().nullable().meta({ description: "Of its result; null without one." }),
  })
  .meta({ id: "ExecutionSummary", description: "An execution without its result." });

export const Execution = z
  .object({
    ...state,
    result: ExecutionResult.optional().meta({ description: "Present only when completed." }),
    error_message: ErrorMessage.optional().meta({ description: "Present only when failed or cancelled." }),
    progress: running,
    callback: CallbackStatus.nullable().meta({ description: "Null without a callback_url." }),
    ...naming,
  })
  .meta({ id: "Execution" });

export type ExecutionSummary = z.output<typeof ExecutionSummary>;
export type Execution = z.output<typeof Execution>;

/** The status answer, keys in the order of the guide. */
export function toExecution(record: ExecutionRecord, viewer: Viewer): Execution {
  return {
    ...head(record),
    execution_parameters: record.executionParameters,
    ...(record.result !== null && { result: record.result as ExecutionResult }),
    ...tail(record, viewer),
  };
}

/** An element of a list of executions. */
export function toExecutionSummary(record: ExecutionListRecord, viewer: Viewer): ExecutionSummary {
  const { executionParameters } = record;
  return {
    ...head(record),
    execution_parameters: executionParameters,
    ...(executionParameters === null && { parameters_omitted: true as const }),
    ...tail(record, viewer),
    final_value: record.finalValue,
    return: record.gain,
  };
}

/** Who sees an execution. Only its own client sees secrets in addresses. */
export interface Viewer {
  readonly id: string;
}

/** The address of a callback as the viewer may see it. */
export function shownAddress(callback: { url: string; format: string }, client: string, viewer: Viewer): string {
  return client === viewer.id ? callback.url : maskAddress(toFormat(callback.format), callback.url);
}

/** An attempt in the delivery log. */
export const DeliveryAttempt = z
  .object({
    number: z.int().positive().meta({ description: "1, 2, 3 ... within the callback." }),
    url: z.string().meta({ description: "Where the callback was sent." }),
    redelivery: z.boolean().meta({
      description: "Whether this was a redelivery, which does not count as an attempt.",
    }),
    started_at: Instant.meta({ description: "When it began." }),
    ended_at: Instant.nullable().meta({ description: "When it ended; null while the response is pending." }),
    duration_ms: z.int().nullable().meta({
      description: "From the DNS lookup to the last byte read of the response; null when not known.",
    }),
    signed_with: z.array(z.string()).meta({
      description: "Ids of the secrets that signed it, in the order of the signatures; empty without a signature.",
    }),
    response: Response.meta({ description: "The response; null while it is pending." }),
  })
  .meta({ id: "DeliveryAttempt" });

export function toDeliveryAttempt(record: AttemptRecord, viewer: Viewer): z.output<typeof DeliveryAttempt> {
  return {
    number: record.number,
    url: shownAddress(record, record.client, viewer),
    redelivery: record.redelivery,
    started_at: record.startedAt.toISOString(),
    ended_at: toInstant(record.endedAt),
    duration_ms: record.durationMs,
    signed_with: [...record.signedWith],
    response: toResponse(record),
  };
}

function head(record: Omit<ExecutionRecord, "result" | "executionParameters">) {
  return {
    execution_id: record.id,
    strategy: record.strategy,
    version: record.version,
    status: record.status,
    started_at: toInstant(record.startedAt),
    completed_at: toInstant(record.completedAt),
  };
}

function tail(record: Omit<ExecutionRecord, "result" | "executionParameters">, viewer: Viewer) {
  return {
    ...(record.errorMessage !== null && { error_message: record.errorMessage }),
    ...(record.progress !== null && { progress: record.progress }),
    callback: record.callback === null ? null : toCallbackStatus(record.callback, record.client, viewer),
    label: record.label,
    schedule_id: record.scheduleId,
    retry_of: record.retryOf,
    kind: record.isSweep ? ("sweep" as const) : ("execution" as const),
    accepted_at: record.acceptedAt.toISOString(),
  };
}

function toCallbackStatus(callback: CallbackRecord, client: string, viewer: Viewer): z.output<typeof CallbackStatus> {
  return {
    url: shownAddress(callback, client, viewer),
    format: toFormat(callback.format),
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
