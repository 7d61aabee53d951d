import { CallbackAddressError, resolveAddress } from "@strategy-executor/callback";
import { insertExecution } from "@strategy-executor/db";
import { z } from "zod";
import { DomainError } from "../errors.ts";
import { executionCallback } from "../execution/execution-callback.ts";
import { CallbackUrl, ExecutionId } from "../execution/execution.ts";
import { mutation } from "../operation.ts";
import { parseParameters } from "../parameters.ts";
import { findStrategy } from "./find-strategy.ts";

const maxDepth = 32;

/** Bounded in depth, because whatever walks it later does so recursively. */
const JsonParameters = z
  .record(z.string(), z.unknown())
  .refine((parameters) => isShallow(parameters, maxDepth), `must not be nested deeper than ${maxDepth} levels`);

export const executeStrategy = mutation({
  name: "executeStrategy",
  summary: "Submit an execution of a strategy.",
  scope: "execute",
  input: z
    .strictObject({
      strategy_name: z.string().meta({
        description: "Name of a strategy of the catalogue.",
        examples: ["BoldAssetAllocation"],
      }),
      parameters: JsonParameters.nullish().meta({
        description: "Parameters of the strategy; what is absent takes its default. A wrong one fails the execution.",
        examples: [{ variant: "BAA-G4", initial_capital: 100_000 }],
      }),
      callback_url: CallbackUrl.nullish(),
    })
    .meta({ id: "ExecuteStrategy" }),
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
    const parsed = parseParameters(strategy, parameters);
    const callbackUrl = callbackUrlOf(input);
    const id = await ctx.database.db.transaction(async (tx) => {
      const inserted = await insertExecution(tx, {
        client: ctx.client.id,
        strategy: strategy.name,
        version: strategy.version,
        parameters,
        executionParameters: parsed.ok ? parsed.parameters : parameters,
        callbackUrl,
      });
      await ctx.queue.enqueue(tx, "executions", { execution_id: inserted });
      return inserted;
    });
    ctx.log.info({ execution_id: id, strategy: strategy.name }, "execution accepted");
    return {
      execution_id: id,
      status: "pending" as const,
      message: "Strategy execution started" as const,
      callback_url: callbackUrl,
    };
  },
});

/** The documented address, evaluated against the request in its REST form, whatever transport it came by. */
function callbackUrlOf(input: { readonly callback_url?: string | null | undefined }): string | null {
  if (input.callback_url === undefined || input.callback_url === null) return null;
  try {
    return resolveAddress(executionCallback.address, { method: "POST", url: "/strategies/execute/", body: input });
  } catch (error) {
    if (!(error instanceof CallbackAddressError)) throw error;
    throw new DomainError("invalid", error.message, [{ path: "callback_url", message: error.reason }]);
  }
}

function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return levels > 0 && Object.values(value).every((inner) => isShallow(inner, levels - 1));
}
