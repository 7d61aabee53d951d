import type { ExecutionListRecord, ExecutionRecord, SweepRecord } from "@strategy-executor/db";
import { z } from "zod";
import { Grid, Objective, SweepReport, SweepSpec, WalkForwardLengths } from "../../sweep/index.ts";
import { Execution, ExecutionSummary, toExecution, toExecutionSummary, type Viewer } from "./execution.ts";

const { result, ...shown } = Execution.omit({ execution_parameters: true }).shape;

const submitted = {
  parameters: z
    .record(z.string(), z.unknown())
    .meta({ description: "Parameters shared by all combinations, as submitted." }),
  grid: Grid.meta({ description: "The varied parameters, as submitted." }),
  objective: Objective.meta({ description: "The metric that ranks combinations; higher is better." }),
  best: z.int().meta({ description: "Number of best combinations reported." }),
  walk_forward: WalkForwardLengths.nullable().meta({ description: "Null without a walk-forward." }),
};

const omittedWith = "As submitted, if the sweep's specification is at most 4 kB of JSON";

const { combinations, evaluated, invalid, failed } = SweepReport.shape;
const counts = { combinations, evaluated, invalid, failed };

/** A sweep as clients see it: an execution with its grid and the number of evaluated combinations. */
export const Sweep = z
  .object({ ...shown, ...submitted, ...counts, result })
  .meta({ id: "Sweep", description: "An execution of a strategy over a grid of parameters." });

export const SweepSummary = z
  .object({
    ...ExecutionSummary.omit({ execution_parameters: true, final_value: true, return: true }).shape,
    ...submitted,
    parameters: submitted.parameters.nullable().meta({ description: `${omittedWith}; null otherwise.` }),
    grid: submitted.grid.nullable().meta({ description: `${omittedWith}; null otherwise.` }),
    ...counts,
  })
  .meta({ id: "SweepSummary", description: "A sweep without its result." });

export type Sweep = z.output<typeof Sweep>;
export type SweepSummary = z.output<typeof SweepSummary>;

export function toSweep(sweep: SweepRecord, execution: ExecutionRecord, viewer: Viewer): Sweep {
  const { execution_parameters: spec, ...rest } = toExecution(execution, viewer);
  return { ...rest, ...toSubmitted(spec), ...toCounts(sweep) };
}

export function toSweepSummary(sweep: SweepRecord, execution: ExecutionListRecord, viewer: Viewer): SweepSummary {
  const {
    execution_parameters: spec,
    final_value: _value,
    return: _gain,
    ...rest
  } = toExecutionSummary(execution, viewer);
  const { objective, best, walk_forward = null } = Outline.parse(sweep.outline);
  const large = spec === null ? { parameters: null, grid: null } : Varied.parse(spec);
  return { ...rest, ...large, objective, best, walk_forward, ...toCounts(sweep) };
}

const Varied = SweepSpec.pick({ parameters: true, grid: true });
const Outline = SweepSpec.omit({ parameters: true, grid: true });

function toSubmitted(stored: unknown) {
  const { parameters, grid, objective, best, walk_forward = null } = SweepSpec.parse(stored);
  return { parameters, grid, objective, best, walk_forward };
}

function toCounts({ combinations: all, evaluated: done, invalid: skipped, failed: failures }: SweepRecord) {
  return { combinations: all, evaluated: done, invalid: skipped, failed: failures };
}
