import { type CallbackPayload, defineCallback, ensurePayload } from "@strategy-executor/callback";
import type { EndedExecution } from "@strategy-executor/db";
import { z } from "zod";
import { ExecutionResult } from "../lifecycle/execution-result.ts";
import { ErrorMessage, ExecutionParameters, identity, Instant, toInstant } from "../lifecycle/execution.ts";

const times = {
  started_at: Instant.nullable().meta({ description: "When the execution began to run; null if it never ran." }),
  completed_at: Instant.meta({ description: "When the execution ended." }),
  execution_parameters: ExecutionParameters,
};

const Completed = z
  .object({
    ...identity,
    status: z.literal("completed"),
    ...times,
    result: ExecutionResult,
  })
  .meta({ id: "CompletedCallback" });

const CompletedHead = Completed.omit({ result: true });

const Failed = z
  .object({ ...identity, status: z.literal("failed"), ...times, error_message: ErrorMessage })
  .meta({ id: "FailedCallback" });

const Cancelled = z
  .object({ ...identity, status: z.literal("cancelled"), ...times, error_message: ErrorMessage })
  .meta({ id: "CancelledCallback" });

/** The POST to the client's `callback_url` when the execution has completed, failed or been cancelled. */
export const executionCallback = defineCallback({
  name: "execution_ended",
  summary: "Execution ended",
  description:
    "Sent when the execution has ended: completed, failed or cancelled. " +
    "Answer quickly with any 2xx status and work afterwards; anything else counts as not delivered.",
  address: "{$request.body#/callback_url}",
  requestBody: z.discriminatedUnion("status", [Completed, Failed, Cancelled]).meta({ id: "ExecutionCallback" }),
  headers: z.object({
    "webhook-id": z.uuid().meta({
      description: "Identifies the callback in all its attempts: ignore an id that you have handled already.",
    }),
    "webhook-timestamp": z
      .string()
      .regex(/^\d+$/)
      .optional()
      .meta({ description: "Time of the signature in seconds since 1970; present only on signed callbacks." }),
    "webhook-signature": z.string().optional().meta({
      description:
        "Signatures by Standard Webhooks 1.0 over `id.timestamp.body`: `v1,…` (HMAC-SHA256) and `v1a,…` (ed25519), one for each of your signing secrets, separated by spaces. Present only when you have a secret.",
    }),
    traceparent: z.string().optional().meta({
      description:
        "Position of this attempt in the trace of the submission (W3C Trace Context); absent without tracing.",
    }),
  }),
  responses: {
    "2XX": { description: "Accepted. Up to 20 kB of the answer's body are stored and shown in the status." },
  },
  examples: {
    completed: {
      summary: "The execution completed",
      value: {
        execution_id: 123,
        strategy: "BoldAssetAllocation",
        version: "1.0.0",
        status: "completed",
        started_at: "2025-10-04T12:00:00.000Z",
        completed_at: "2025-10-04T12:00:15.000Z",
        execution_parameters: { variant: "BAA-G4", initial_capital: 100_000, use_real_data: false },
        result: {
          strategy: "BoldAssetAllocation",
          variant: "BAA-G4",
          portfolio: { offensive_assets: ["VTI", "VEA"], weights: { VTI: 0.5, VEA: 0.5 } },
          final_value: 125_000,
          return: 0.25,
        },
      },
    },
    failed: {
      summary: "The execution failed",
      value: {
        execution_id: 124,
        strategy: "BoldAssetAllocation",
        version: "1.0.0",
        status: "failed",
        started_at: "2025-10-04T12:05:00.000Z",
        completed_at: "2025-10-04T12:05:02.000Z",
        execution_parameters: { variant: "INVALID" },
        error_message: "Unknown variant: INVALID. Available variants: BAA-G12, BAA-G4, BAA-G12/T3, BAA-G4/T2, BAA-SPY",
      },
    },
    cancelled: {
      summary: "The execution was cancelled before it ran",
      value: {
        execution_id: 125,
        strategy: "BoldAssetAllocation",
        version: "1.0.0",
        status: "cancelled",
        started_at: null,
        completed_at: "2025-10-04T12:06:00.000Z",
        execution_parameters: { variant: "BAA-G4" },
        error_message: "Cancelled",
      },
    },
  },
});

/** The callback of a sweep: in the OpenAPI document it belongs to the operation that submits a sweep. */
export const sweepCallback: typeof executionCallback = {
  ...executionCallback,
  name: "sweep_ended",
  operationId: "sweep_ended",
  summary: "Sweep ended",
};

export type ExecutionCallback = CallbackPayload<typeof executionCallback>;

/** The user agent that callbacks are sent with. */
export const callbackUserAgent = "strategy-executor";

/** The request body of a callback, with the data that its delivery needs. */
export interface CallbackMessage {
  readonly executionId: number;
  readonly traceParent: string | null;
  /** JSON. */
  readonly body: string;
  /** @throws Error when the body does not match its schema */
  readonly validate: () => void;
}

/** @throws when the execution has not ended */
export function toCallbackMessage(execution: EndedExecution): CallbackMessage {
  const { id: executionId, traceParent } = execution;
  const body = JSON.stringify(toPayload(execution));
  return { executionId, traceParent, body, validate: () => ensurePayload(executionCallback, body) };
}

/**
 * The message of an execution that was completed just now. `result` is JSON text and `mismatch` how it differs from its
 * schema: the thread that computed the result validated it, because parsing it here would block the event loop.
 */
export function toCompletedMessage(
  execution: Omit<EndedExecution, "result">,
  { result, mismatch }: { readonly result: string; readonly mismatch: string | null },
): CallbackMessage {
  const { id: executionId, traceParent } = execution;
  const payload = toPayload({ ...execution, result: null });
  return {
    executionId,
    traceParent,
    // `result` is the last key.
    body: `${JSON.stringify(payload).slice(0, -"{}}".length)}${result}}`,
    validate() {
      CompletedHead.parse(payload);
      if (mismatch !== null) throw new Error(`The result does not match its schema: ${mismatch}`);
    },
  };
}

/** The callback's body: exactly these keys, in the order of the guide. @throws when the execution has not ended */
function toPayload(execution: EndedExecution): ExecutionCallback {
  const { status } = execution;
  const completedAt = toInstant(execution.completedAt);
  if (status === "pending" || status === "running" || completedAt === null) {
    throw new Error(`Execution ${execution.id} has not ended`);
  }
  const head = { execution_id: execution.id, strategy: execution.strategy, version: execution.version };
  const tail = {
    started_at: toInstant(execution.startedAt),
    completed_at: completedAt,
    execution_parameters: execution.executionParameters,
  };
  return status === "completed"
    ? { ...head, status, ...tail, result: (execution.result ?? {}) as ExecutionResult }
    : { ...head, status, ...tail, error_message: execution.errorMessage ?? "" };
}
