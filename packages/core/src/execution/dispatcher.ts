import type { Job, PgBoss } from "pg-boss";
import type { Log } from "../log.ts";
import type { JobData, QueueName } from "./queue.ts";

export interface DispatcherOptions {
  readonly boss: PgBoss;
  readonly queue: QueueName;
  /** How many jobs run at once in this process. */
  readonly slots: number;
  /** How many jobs of one group run at once, in all processes together. */
  readonly groupLimit?: number;
  /**
   * Does one job. When it resolves the job is done; when it throws, the queue gives it out again.
   * `signal` aborts when this process must end: the job is then handed back.
   */
  readonly run: (data: JobData, signal: AbortSignal) => Promise<void>;
  readonly log: Log;
}

export interface Dispatcher {
  /** Jobs may be waiting. */
  wake(): void;
  /** Takes nothing new, waits up to `graceMs` for what runs, then hands the rest back. */
  stop(graceMs: number): Promise<void>;
}

const pollMs = 1_000;
const touchMs = 2_000;

/**
 * Takes jobs from a queue as slots become free and runs each on its own, so that a slow one holds up nobody: pg-boss's own
 * `work()` would wait for the slowest of a batch. Woken by announcements and by the end of a job; the poll is the backstop
 * for lost announcements and for retries, which are not announced.
 */
export function startDispatcher({ boss, queue, slots, groupLimit, run, log }: DispatcherOptions): Dispatcher {
  const running = new Map<Job<JobData>, Promise<void>>();
  const done = new Set<Job<JobData>>();
  const abort = new AbortController();
  let stopping = false;
  let fetching: Promise<void> | null = null;
  let wokenMeanwhile = false;
  let completing: Promise<void> | null = null;

  const wake = () => {
    if (stopping) return;
    if (fetching !== null) {
      wokenMeanwhile = true;
      return;
    }
    fetching = fetchJobs()
      .catch((error: unknown) => log.warn({ queue, err: error }, "jobs could not be fetched"))
      .finally(() => {
        fetching = null;
        if (wokenMeanwhile) wake();
      });
  };

  const fetchJobs = async () => {
    do {
      wokenMeanwhile = false;
      const free = slots - running.size;
      if (free <= 0) return;
      const jobs = await boss.fetch<JobData>(queue, {
        batchSize: free,
        ...(groupLimit !== undefined && { groupConcurrency: groupLimit }),
      });
      for (const job of jobs) running.set(job, runJob(job));
      if (jobs.length === free) wokenMeanwhile = true;
    } while (wokenMeanwhile && !stopping);
    wokenMeanwhile = false;
  };

  const runJob = async (job: Job<JobData>) => {
    try {
      await run(job.data, abort.signal);
      done.add(job);
    } catch (error) {
      if (!abort.signal.aborted) log.warn({ queue, ...job.data, err: error }, "job goes back to the queue");
      await boss
        .fail(queue, job, { message: String(error) })
        .catch((failure: unknown) => log.warn({ queue, ...job.data, err: failure }, "job could not be handed back"));
    } finally {
      running.delete(job);
      complete();
      wake();
    }
  };

  const complete = () => {
    if (completing !== null || done.size === 0) return;
    completing = completeDone()
      .catch((error: unknown) => log.warn({ queue, err: error }, "jobs could not be completed"))
      .finally(() => (completing = null));
  };

  // Whatever ends while a completion is under way is completed together by the next one.
  const completeDone = async () => {
    while (done.size > 0) {
      const jobs = [...done];
      await boss.complete(queue, jobs);
      for (const job of jobs) done.delete(job);
    }
  };

  const poll = setInterval(() => {
    complete();
    wake();
  }, pollMs);
  const touch = setInterval(() => {
    const held = [...running.keys(), ...done];
    if (held.length > 0) {
      boss.touch(queue, held).catch((error: unknown) => log.warn({ queue, err: error }, "heartbeat failed"));
    }
  }, touchMs);
  wake();

  return {
    wake,
    async stop(graceMs) {
      stopping = true;
      clearInterval(poll);
      await fetching;
      const drained = Promise.allSettled(running.values());
      const timer = setTimeout(() => abort.abort(new Error("The process is ending")), graceMs);
      await drained;
      clearTimeout(timer);
      clearInterval(touch);
      await completing;
      complete();
      await completing;
    },
  };
}
