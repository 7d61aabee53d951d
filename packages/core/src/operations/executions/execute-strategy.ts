import { createHash } from "node:crypto";
import { CallbackAddressError, resolveAddress } from "@strategy-executor/callback";
import type { EarlierSubmission, SubmissionKey, Urgency } from "@strategy-executor/db";
import { stringify } from "safe-stable-stringify";
import { z } from "zod";
import { DomainError } from "../../common/domain-error.ts";
import { executionCallback } from "../../engine/delivery/execution-callback.ts";
import { CallbackUrl, ExecutionId, Label } from "../../engine/lifecycle/execution.ts";
import { maxCallbackAttempts } from "../../engine/settings.ts";
import { type Ctx, mutation } from "../operation.ts";
import { ensureSmallParameters } from "../json-size.ts";
import { parseParameters } from "../../strategy/parameters.ts";
import { type CallbackFormat, callbackFormats } from "../../notifications/callback-format.ts";
import { isMail } from "../../notifications/mailto.ts";
import { checkCallback } from "../callbacks/check-callback.ts";
import { findStrategy } from "../strategies/find-strategy.ts";

const maxDepth = 32;

/** Limited in depth, because later code walks the value recursively. */
const JsonParameters = z
  .record(z.string(), z.unknown(), "must be an object: the names of parameters and their values")
  .refine((parameters) => isShallow(parameters, maxDepth), `must not be nested deeper than ${maxDepth} levels`);

const Submission = z
  .strictObject({
    strategy_name: z.string().meta({
      description: "Name of a strategy of the catalogue.",
      examples: ["BoldAssetAllocation"],
    }),
    parameters: JsonParameters.nullish().meta({
      description: "Parameters of the strategy. Absent ones take their defaults; a wrong one fails the execution.",
      examples: [{ variant: "BAA-G4", initial_capital: 100_000 }],
    }),
    label: Label.nullish(),
    callback_url: CallbackUrl.nullish(),
    callback_format: z.enum(callbackFormats).nullish().meta({
      description:
        "Form of the callback's body: `json`, the default, is the body described here; the other forms are messages for a webhook of Slack, Discord or Telegram.",
    }),
    callback_max_attempts: z
      .int()
      .min(1)
      .max(maxCallbackAttempts)
      .nullish()
      .meta({
        description:
          "Maximum number of attempts to deliver the callback, with growing pauses. The server's default, normally 1, when absent.",
        examples: [5],
      }),
    priority: z.enum(["low", "normal", "high"]).nullish().meta({
      description: "Higher priorities run first; within one priority clients take turns. `normal` when absent.",
    }),
    time_limit_ms: z
      .int()
      .min(1)
      .max(2_147_483_647)
      .nullish()
      .meta({
        description:
          "Longest time that the execution may compute, in milliseconds. A longer execution fails. " +
          "The service's own limit, 5 minutes by default, always applies.",
        examples: [60_000],
      }),
    idempotency_key: z
      .string()
      .regex(/^[\x21-\x7e]{1,255}$/, "must be 1 to 255 visible ASCII characters")
      .nullish()
      .meta({
        description:
          "Identifies this submission. If the submission is repeated within 24 hours, it returns the first execution instead of creating a second one.",
        examples: ["7f0c1e5a-2b0e-4c1e-9a35-8d1f6d0c7a11"],
      }),
  })
  .meta({ id: "ExecuteStrategy" });

/** A submission of an execution or a sweep. */
interface Keyed {
  readonly idempotency_key?: string | null | undefined;
}

export const executeStrategy = mutation({
  name: "executeStrategy",
  summary: "Submit an execution of a strategy.",
  scope: "execute",
  input: Submission,
  output: z
    .object({
      execution_id: ExecutionId,
      status: z.literal("pending"),
      message: z.literal("Strategy execution started"),
      callback_url: z.string().nullable().meta({ description: "Where the callback will be sent; null without one." }),
    })
    .meta({ id: "ExecutionAccepted" }),
  async run(ctx, input) {
    const strategy = findStrategy(ctx.strategies, input.strategy_name);
    const parameters = input.parameters ?? {};
    ensureSmallParameters(ctx, parameters);
    const parsed = parseParameters(strategy, parameters);
    const callbackUrl = callbackUrlOf(ctx, input);
    if (ctx.backlog.isFull) throw new DomainError("unavailable", "Too many executions wait already: try again later");
    const submitted = await ctx.lifecycle.submit({
      client: ctx.client.id,
      strategy: strategy.name,
      version: strategy.version,
      parameters,
      executionParameters: parsed.ok ? parsed.parameters : parameters,
      callbackUrl,
      callbackFormat: input.callback_format ?? "json",
      maxAttempts: input.callback_max_attempts ?? ctx.callbackMaxAttempts,
      urgency: urgencies[input.priority ?? "normal"],
      timeLimitMs: input.time_limit_ms ?? null,
      label: input.label ?? null,
      traceParent: ctx.traceParent ?? null,
      key: submissionKey(input),
    });
    const id = "id" in submitted ? submitted.id : sameSubmission(submitted, input);
    if ("id" in submitted) {
      ctx.backlog.add();
      ctx.log.info({ execution_id: id, strategy: strategy.name }, "execution accepted");
    }
    return {
      execution_id: id,
      status: "pending" as const,
      message: "Strategy execution started" as const,
      callback_url: callbackUrl,
    };
  },
});

export const urgencies = { low: -1, normal: 0, high: 1 } as const satisfies Record<string, Urgency>;

/** Identifies a submission that is sent again; null without a key. */
export function submissionKey(input: Keyed): SubmissionKey | null {
  const { idempotency_key: key } = input;
  return key === undefined || key === null ? null : { key, fingerprint: fingerprintOf(input) };
}

/** Returns the execution of the earlier submission under the same key. @throws DomainError `conflict` when its content differs */
export function sameSubmission({ executionId, fingerprint }: EarlierSubmission, input: Keyed): number {
  if (fingerprint === fingerprintOf(input)) return executionId;
  throw new DomainError("conflict", "The idempotency key was used for a submission with other content", [
    { path: "idempotency_key", message: "was used for a submission with other content" },
  ]);
}

/** Defaults of the fields of executions and sweeps, as JSON. */
const defaultTexts: Readonly<Record<string, string>> = {
  priority: '"normal"',
  parameters: "{}",
  objective: '"sharpe"',
  best: "10",
};

/** A digest of the meaning of a submission: independent of the order of fields, and of whether defaults are given, null or left out. */
function fingerprintOf(submission: Keyed): string {
  const content = Object.fromEntries(
    Object.entries({ ...submission, idempotency_key: null }).filter(
      ([name, value]) => value !== null && stringify(value) !== defaultTexts[name],
    ),
  );
  return createHash("sha256")
    .update(stringify(content) ?? "")
    .digest("hex");
}

/**
 * Evaluates the documented callback address against the request in its REST form, whatever its transport.
 * @throws DomainError `invalid` unless callbacks may be sent there in the format
 */
export function callbackUrlOf(
  ctx: Ctx,
  input: {
    readonly callback_url?: string | null | undefined;
    readonly callback_format?: CallbackFormat | null | undefined;
  },
  path: `/${string}/` = "/strategies/execute/",
): string | null {
  const { callback_url: given, callback_format: format } = input;
  const paths = { url: "callback_url", format: "callback_format" };
  if (given === undefined || given === null) {
    if (format === undefined || format === null) return null;
    const message = "needs a callback_url";
    throw new DomainError("invalid", `callback_format: ${message}`, [{ path: "callback_format", message }]);
  }
  try {
    const url = isMail(given)
      ? given
      : resolveAddress(executionCallback.address, { method: "POST", url: path, body: input });
    checkCallback(ctx, { url, format, paths });
    return url;
  } catch (error) {
    if (!(error instanceof CallbackAddressError)) throw error;
    throw new DomainError("invalid", error.message, [{ path: "callback_url", message: error.reason }]);
  }
}

function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return levels > 0 && Object.values(value).every((inner) => isShallow(inner, levels - 1));
}
