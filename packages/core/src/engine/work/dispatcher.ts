import { isUnavailable } from "@strategy-executor/db";
import { setTimeout as after } from "node:timers/promises";
import type { Signals } from "../signals/signals.ts";
import type { Log } from "../../common/log.ts";
import type { Queue } from "./queue.ts";
import type { QueueName, TakenJob } from "./job.ts";

export interface DispatcherOptions {
  readonly queue: Queue;
  readonly name: QueueName;
  readonly signals: Signals;
  /** How many jobs may run at once in this process; asked before each look into the queue. */
  readonly slots: () => number;
  /** How many slots must be free for a look into the queue; 1 when absent. More where jobs are quick and end in numbers. */
  readonly least?: () => number;
  /** How many jobs of one group run at once, in all processes together. */
  readonly groupLimit?: number;
  /**
   * Does one job and removes it from the queue, with what it writes last or soon after. When it throws, the queue gives the job out again.
   * `signal` aborts when this process must end: the job is then handed back.
   */
  readonly run: (job: TakenJob, signal: AbortSignal) => Promise<void>;
  readonly log: Log;
}

export interface Dispatcher {
  /** Takes nothing new, waits up to `graceMs` for what runs, then hands the rest back. */
  stop(graceMs: number): Promise<void>;
}

/** So many jobs at a look are a sign of a rush: the next look waits a moment to find more, for it costs most by itself. */
const rush = 4;
const rushMs = 25;
const pollMs = 1_000;
const touchMs = 2_000;

/**
 * Takes jobs from a queue as slots become free and runs each on its own, so that a slow one holds up nobody: pg-boss's own
 * `work()` would wait for the slowest of a batch. Woken by signals and, while more may wait than had room, by the end of a
 * job; the poll is the backstop for lost signals and for what becomes due, which nobody announces.
 */
export function startDispatcher(options: DispatcherOptions): Dispatcher {
  const { queue, name, slots, groupLimit, run, log } = options;
  const running = new Map<TakenJob, Running>();
  const abort = new AbortController();
  let stopping = false;
  let looking: Promise<void> | null = null;
  let wokenMeanwhile = false;
  /** Whether there may be jobs in the queue that the last look left there. */
  let moreWait = true;

  const wake = () => {
    if (stopping) return;
    if (looking !== null) {
      wokenMeanwhile = true;
      return;
    }
    looking = takeJobs()
      .catch((error: unknown) => log.warn({ queue: name, err: error }, "jobs could not be fetched"))
      .finally(() => {
        looking = null;
        if (wokenMeanwhile) wake();
      });
  };

  const takeJobs = async () => {
    do {
      wokenMeanwhile = false;
      const most = slots() - running.size;
      moreWait = true;
      if (most < Math.max(options.least?.() ?? 1, 1)) return;
      const { jobs, maybeMore } = await queue.take(name, { most, groupLimit });
      for (const job of jobs) running.set(job, { takenAt: performance.now(), ended: runJob(job) });
      moreWait = maybeMore;
      if (maybeMore) wokenMeanwhile = true;
      else if (jobs.length >= rush && !stopping) await after(rushMs);
    } while (wokenMeanwhile && !stopping);
    wokenMeanwhile = false;
  };

  const runJob = async (job: TakenJob) => {
    try {
      await run(job, abort.signal);
    } catch (error) {
      const fields = { queue: name, ...job.data };
      if (isUnavailable(error)) log.warn({ ...fields, reason: String(error) }, "job goes back: no database");
      else if (!abort.signal.aborted) log.warn({ ...fields, err: error }, "job goes back to the queue");
      await queue
        .giveBack(name, job, String(error))
        .catch((failure: unknown) => log.warn({ ...fields, err: failure }, "job could not be handed back"));
    } finally {
      running.delete(job);
      if (moreWait || groupLimit !== undefined) wake();
    }
  };

  const stopListening = options.signals.on("jobs", (subject) => subject === name && wake(), wake);
  const poll = setInterval(wake, pollMs);
  const touch = setInterval(() => {
    // To take a job is a sign of life too, and those that end within moments would only be in each other's way.
    const old = [...running].filter(([, { takenAt }]) => performance.now() - takenAt > touchMs);
    queue
      .touch(
        name,
        old.map(([job]) => job),
      )
      .catch((error: unknown) => log.warn({ queue: name, err: error }, "heartbeat failed"));
  }, touchMs);

  return {
    async stop(graceMs) {
      stopping = true;
      stopListening();
      clearInterval(poll);
      await looking;
      const drained = Promise.allSettled([...running.values()].map(({ ended }) => ended));
      const timer = setTimeout(() => abort.abort(new Error("The process is ending")), graceMs);
      await drained;
      clearTimeout(timer);
      clearInterval(touch);
    },
  };
}

interface Running {
  /** Of the process's steady clock. */
  readonly takenAt: number;
  readonly ended: Promise<void>;
}
