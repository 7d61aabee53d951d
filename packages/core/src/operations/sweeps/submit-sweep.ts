import { z } from "zod";
import { DomainError, type FieldError } from "../../common/domain-error.ts";
import { ExecutionId } from "../../engine/lifecycle/execution.ts";
import { ensureSmallGrid, ensureSmallParameters } from "../json-size.ts";
import { mutation } from "../operation.ts";
import type { Strategy } from "../../strategy/strategy.ts";
import { checkSweep, Grid, Objective, openGrid, type SweepSpec, WalkForwardLengths } from "../../sweep/index.ts";
import {
  callbackUrlOf,
  executeStrategy,
  sameSubmission,
  submissionKey,
  urgencies,
} from "../executions/execute-strategy.ts";
import { planOf } from "./sweep-plan.ts";
import { findStrategy } from "../strategies/find-strategy.ts";

const {
  strategy_name,
  parameters,
  label,
  callback_url,
  callback_format,
  callback_max_attempts,
  priority,
  idempotency_key,
} = executeStrategy.input.shape;

const Submission = z
  .strictObject({
    strategy_name,
    parameters: parameters.meta({
      description: "Parameters shared by all combinations. Those neither here nor in the grid take their defaults.",
      examples: [{ symbol: "SPY", use_real_data: true }],
    }),
    grid: Grid.meta({
      description:
        "`axes`: a list of values or a range for each varied parameter. Combinations that the strategy rejects are skipped " +
        "and counted. `sample` takes a random subset.",
      examples: [
        { axes: { short_window: { from: 5, to: 100 }, long_window: { from: 10, to: 300, step: 5 } } },
        { axes: { variant: ["BAA-G12", "BAA-G4"], cost_bps: [0, 5, 10] }, sample: { count: 4, seed: 1 } },
      ],
    }),
    objective: Objective.nullish().meta({
      description:
        "The metric that ranks combinations; higher is better, and drawdowns are negative. `sharpe` when absent.",
    }),
    walk_forward: WalkForwardLengths.nullish().meta({
      description:
        "Selects the best combination on `train` trading days and evaluates it on the following `test` days, window by window.",
    }),
    best: z
      .int()
      .min(1)
      .max(100)
      .nullish()
      .meta({ description: "Number of best combinations to report; 10 when absent." }),
    heat_map: z
      .tuple([z.string(), z.string()])
      .nullish()
      .meta({
        description: "The two varied parameters of the heat map; the first two by name when absent.",
        examples: [["short_window", "long_window"]],
      }),
    label,
    callback_url,
    callback_format,
    callback_max_attempts,
    priority,
    idempotency_key,
  })
  .meta({ id: "SubmitSweep" });
type Submission = z.output<typeof Submission>;

export const submitSweep = mutation({
  name: "submitSweep",
  summary: "Submit a sweep: one strategy over a grid of parameters.",
  scope: "execute",
  input: Submission,
  output: z
    .object({
      execution_id: ExecutionId,
      status: z.literal("pending"),
      message: z.literal("Sweep started"),
      combinations: z.int().positive().meta({ description: "Number of combinations, skipped ones included." }),
      callback_url: z.string().nullable().meta({ description: "Where the callback will be sent; null without one." }),
    })
    .meta({ id: "SweepAccepted" }),
  async run(ctx, input) {
    const strategy = findStrategy(ctx.strategies, input.strategy_name);
    ensureSmallParameters(ctx, input.parameters ?? {});
    ensureSmallGrid(ctx, input.grid);
    const spec = toSpec(strategy, input);
    const callbackUrl = callbackUrlOf(ctx, input, "/sweeps/");
    if (ctx.backlog.isFull) throw new DomainError("unavailable", "Too many executions wait already: try again later");
    const plan = planOf(strategy, spec);
    const submitted = await ctx.sweeps.submit(
      {
        client: ctx.client.id,
        strategy: strategy.name,
        version: strategy.version,
        parameters: spec,
        executionParameters: spec,
        callbackUrl,
        callbackFormat: input.callback_format ?? "json",
        maxAttempts: input.callback_max_attempts ?? ctx.callbackMaxAttempts,
        traceParent: ctx.traceParent ?? null,
        urgency: urgencies[input.priority ?? "normal"],
        label: input.label ?? null,
        key: submissionKey(input),
      },
      plan,
    );
    const id = "id" in submitted ? submitted.id : sameSubmission(submitted, input);
    if ("id" in submitted) {
      ctx.backlog.add(1 + plan.chunks);
      ctx.log.info({ execution_id: id, strategy: strategy.name, ...plan }, "sweep accepted");
    }
    return {
      execution_id: id,
      status: "pending" as const,
      message: "Sweep started" as const,
      combinations: plan.combinations,
      callback_url: callbackUrl,
    };
  },
});

/** @throws DomainError `invalid` for errors that concern every combination */
function toSpec(strategy: Strategy, input: Submission): SweepSpec {
  const { grid } = input;
  const shared = input.parameters ?? {};
  const names = openGrid(grid).names;
  const problems = [...checkSweep(strategy, shared, grid), ...checkHeatMap(input.heat_map ?? undefined, names)];
  if (problems.length > 0) {
    const summary = problems.map(({ path, message }) => `${path}: ${message}`).join("; ");
    throw new DomainError("invalid", summary, problems);
  }
  const [x, y] = input.heat_map ?? names;
  return {
    parameters: shared,
    grid,
    objective: input.objective ?? "sharpe",
    best: input.best ?? 10,
    ...(input.walk_forward && { walk_forward: input.walk_forward }),
    ...(x !== undefined && y !== undefined && { heat_map: [x, y] as [string, string] }),
  };
}

function checkHeatMap(axes: readonly [string, string] | undefined, names: readonly string[]): FieldError[] {
  if (axes === undefined) return [];
  if (axes[0] === axes[1]) return [{ path: "heat_map.1", message: "Is the same parameter as the first" }];
  return axes.flatMap((name, position) =>
    names.includes(name) ? [] : [{ path: `heat_map.${position}`, message: `${name} does not vary in the grid` }],
  );
}
