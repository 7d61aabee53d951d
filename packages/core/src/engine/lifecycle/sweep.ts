import type { ExecutionListRecord, ExecutionRecord, SweepRecord } from "@strategy-executor/db";
import { z } from "zod";
import { Grid, Objective, SweepReport, SweepSpec, WalkForwardLengths } from "../../sweep/index.ts";
import { Execution, ExecutionSummary, toExecution, toExecutionSummary } from "./execution.ts";

const { result, ...shown } = Execution.omit({ execution_parameters: true }).shape;

const asked = {
  parameters: z.record(z.string(), z.unknown()).meta({ description: "What all combinations share, as it was sent." }),
  grid: Grid.meta({ description: "What varies, as it was sent." }),
  objective: Objective.meta({ description: "What the best are best by; more is better." }),
  best: z.int().meta({ description: "How many of the best are reported." }),
  walk_forward: WalkForwardLengths.nullable().meta({ description: "Null without a walk-forward." }),
};

const { combinations, evaluated, invalid, failed } = SweepReport.shape;
const counts = { combinations, evaluated, invalid, failed };

/** A sweep as clients see it: an execution, with what is swept over and how far that is. */
export const Sweep = z
  .object({ ...shown, ...asked, ...counts, result })
  .meta({ id: "Sweep", description: "An execution of a strategy over a grid of parameters." });

export const SweepSummary = z
  .object({ ...ExecutionSummary.omit({ execution_parameters: true }).shape, ...asked, ...counts })
  .meta({ id: "SweepSummary", description: "A sweep without its result." });

export type Sweep = z.output<typeof Sweep>;
export type SweepSummary = z.output<typeof SweepSummary>;

export function toSweep(sweep: SweepRecord, execution: ExecutionRecord): Sweep {
  const { execution_parameters: spec, ...rest } = toExecution(execution);
  return { ...rest, ...toAsked(spec), ...toCounts(sweep) };
}

export function toSweepSummary(sweep: SweepRecord, execution: ExecutionListRecord): SweepSummary {
  const { execution_parameters: spec, ...rest } = toExecutionSummary(execution);
  return { ...rest, ...toAsked(spec), ...toCounts(sweep) };
}

function toAsked(stored: unknown) {
  const { parameters, grid, objective, best, walk_forward = null } = SweepSpec.parse(stored);
  return { parameters, grid, objective, best, walk_forward };
}

function toCounts({ combinations: all, evaluated: done, invalid: skipped, failed: failures }: SweepRecord) {
  return { combinations: all, evaluated: done, invalid: skipped, failed: failures };
}
