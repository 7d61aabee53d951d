import {
  type Database,
  endedExecutions,
  firstFailure,
  getSweeps,
  anybody,
  isUnavailable,
  type Outcome,
  readChunk,
  releaseStep,
  usedSamePrices,
  type StartedStep,
} from "@strategy-executor/db";
import type { Log } from "../../common/log.ts";
import { mergeChunks, SweepSpec } from "../../sweep/index.ts";
import type { Cancellations } from "../signals/cancellations.ts";
import { retryWhileUnavailable } from "./retry-while-unavailable.ts";
import type { TakenJob } from "./job.ts";
import type { Places } from "./places.ts";
import type { SweepCompute } from "../compute/sweep-compute.ts";
import { failed } from "../lifecycle/execution-outcome.ts";
import type { SweepLifecycle } from "../lifecycle/sweep-lifecycle.ts";

export interface RunSweepOptions {
  readonly database: Database;
  readonly sweeps: SweepLifecycle;
  readonly compute: SweepCompute;
  /** One for each thread. A sweep must not show `running` while its first step waits for a thread. */
  readonly places: Places;
  readonly cancellations: Cancellations;
  readonly log: Log;
  /** How many attempts at one step may be lost to dying processes before the sweep fails. */
  readonly maxAttempts: number;
}

/** How long a computed chunk waits for an unavailable database. Another process may do the step meanwhile. */
const storingMs = 60_000;
const startingMs = 5_000;

const pricesChanged = "The prices were replaced while the sweep ran: submit it again";

/**
 * Creates the handler of the sweep queue, which does one step of a sweep. It is safe to repeat at any point: a step computes
 * the same numbers each time, is stored once, and does nothing when the sweep has ended.
 */
export function runSweep({ database, sweeps, compute, places, cancellations, log, maxAttempts }: RunSweepOptions) {
  const { db } = database;
  return (job: TakenJob, stopping: AbortSignal): Promise<void> =>
    cancellations.during(job.data.execution_id, (cancelled) => runStep(job, stopping, cancelled));

  async function runStep(job: TakenJob, stopping: AbortSignal, cancelled: AbortSignal): Promise<void> {
    const { execution_id: id, step = 0 } = job.data;
    const signal = AbortSignal.any([stopping, cancelled]);
    using place = await places.take(signal).catch((error: unknown) => {
      if (cancelled.aborted) return null;
      throw error;
    });
    const started = place === null ? null : await start(id, step);
    if (started === null || place === null) return drop(job);
    const fields = { execution_id: id, strategy: started.strategy, step, steps: started.chunks + 1 };
    const begun = performance.now();
    log.debug({ ...fields, attempt: started.attempts }, "step of a sweep started");
    try {
      const outcome = await outcomeOf(job, step, started, place, signal);
      if (outcome === null) return;
      const settled = await retryWhileUnavailable(storingMs, () => sweeps.settle(job, started, outcome));
      if (!settled) return;
      const duration = { duration_ms: Math.round(performance.now() - begun) };
      if (outcome.status === "completed") log.info({ ...fields, ...duration }, "sweep completed");
      else log.info({ ...fields, ...duration, error_message: outcome.errorMessage }, "sweep failed");
    } catch (error) {
      if (cancelled.aborted) return drop(job);
      // If this write fails too, the attempt counts.
      if (stopping.aborted || isUnavailable(error)) await sweeps.giveBack(id, step).catch(() => undefined);
      throw error;
    }
  }

  /** A failed try may have been counted in the database. It must not count: no process died with it. */
  async function start(id: number, step: number): Promise<StartedStep | null> {
    let tries = 0;
    const started = await retryWhileUnavailable(startingMs, () => {
      tries += 1;
      return sweeps.start(id, step);
    });
    if (started !== null && tries > 1) await releaseStep(db, id, step);
    return started;
  }

  async function drop(job: TakenJob): Promise<void> {
    const ended = await endedExecutions(db, [job.data.execution_id]);
    return sweeps.drop(job, ended.length > 0);
  }

  /** The outcome of the sweep; null while steps remain. */
  async function outcomeOf(
    job: TakenJob,
    step: number,
    started: StartedStep,
    place: Disposable,
    signal: AbortSignal,
  ): Promise<Outcome | null> {
    if (started.attempts > maxAttempts) {
      return failed(`The sweep was interrupted ${maxAttempts} times at the same part and is not tried again`);
    }
    // The stored specification may be older than this version of the schema.
    const spec = SweepSpec.parse(started.parameters);
    return step < started.chunks
      ? evaluate(job, step, spec, started, place, signal)
      : conclude(job.data.execution_id, spec, started, signal);
  }

  async function evaluate(
    job: TakenJob,
    step: number,
    spec: SweepSpec,
    { strategy, combinations, chunkSize }: StartedStep,
    place: Disposable,
    signal: AbortSignal,
  ): Promise<Outcome | null> {
    const from = step * chunkSize;
    const to = Math.min(from + chunkSize, combinations);
    const done = await compute.chunk({ strategy, spec, from, to }, signal);
    // The thread begins the next step while this one is stored.
    place[Symbol.dispose]();
    if (!done.ok) return failed(done.message);
    const { bytes, prices, skipped: invalid, failed: failures, failure } = done;
    const evaluated = to - from - invalid - failures;
    const outcome = { bytes, prices, evaluated, invalid, failed: failures, failure };
    const stored = await retryWhileUnavailable(storingMs, () => sweeps.store(job, step, outcome));
    return stored ? null : failed(pricesChanged);
  }

  async function conclude(id: number, spec: SweepSpec, plan: StartedStep, signal: AbortSignal): Promise<Outcome> {
    const chunks = mergeChunks(spec);
    for (let number = 0; number < plan.chunks; number += 1) {
      const bytes = await readChunk(db, id, number);
      if (bytes === null) throw new Error(`Chunk ${number} of sweep ${id} is missing`);
      const from = number * plan.chunkSize;
      chunks.add(bytes, from, Math.min(plan.chunkSize, plan.combinations - from));
    }
    const [sweep] = await getSweeps(db, [id], anybody);
    if (sweep === undefined) throw new Error(`Sweep ${id} is missing`);
    const { combinations, evaluated, invalid, failed: failures } = sweep;
    const counts = { combinations, evaluated, invalid, failed: failures, failure: await firstFailure(db, id) };
    const task = { strategy: plan.strategy, spec, merged: chunks.merged(), counts };
    const done = await compute.report(task, signal);
    if (!done.ok) return failed(done.message);
    if (!(await usedSamePrices(db, id, done.prices))) return failed(pricesChanged);
    return { status: "completed", result: done.result, series: done.series };
  }
}
