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
  /** How many jobs may run at once in this process; evaluated before each poll. */
  readonly slots: () => number;
  /** How many slots must be free before the queue is polled; 1 when absent. Short jobs need more, to be fetched in batches. */
  readonly minFreeSlots?: () => number;
  /** How many jobs of one group may run at once, over all processes. */
  readonly groupLimit?: number;
  /**
   * Does one job and removes it from the queue. When it throws, the job is requeued. `signal` aborts when the process must
   * end: the job is then requeued.
   */
  readonly run: (job: TakenJob, signal: AbortSignal) => Promise<void>;
  readonly log: Log;
}

export interface Dispatcher {
  /**
   * Keeps slots free for jobs that are about to be added as fetched by this process; null when there are fewer, or when others may
   * wait in the queue.
   */
  reserve(count: number): Reservation | null;
  /** Fetches no more jobs and waits for running ones. When the signal aborts, requeues the rest. */
  stop(deadline: AbortSignal): Promise<void>;
}

/** Slots for jobs of this process. Disposal gives back those that were not used, and so does the hang of what adds the jobs. */
interface Reservation extends Disposable {
  /** Does a job as if it had been fetched, with `run` in place of the dispatcher's. */
  begin(job: TakenJob, run: DispatcherOptions["run"]): void;
}

/** A fetch of this size indicates a burst. The next poll then waits, to fetch more jobs for the same cost. */
const burstSize = 4;
const burstPauseMs = 25;
/** Far longer than it takes to add jobs, unless packets are lost. */
const reservedMs = 500;
const pollMs = 1_000;
const touchMs = 2_000;

/**
 * Fetches jobs as slots become free and runs each on its own. pg-boss's `work()` is not used, because it waits for the
 * slowest job of a batch. Signals wake the dispatcher, and so does the end of a job while more may be queued. The poll covers
 * lost signals and jobs that become due, which no signal announces.
 */
export function startDispatcher(options: DispatcherOptions): Dispatcher {
  const { queue, name, slots, groupLimit, run, log } = options;
  const running = new Map<TakenJob, Running>();
  const reservations = new Set<Promise<void>>();
  let reserved = 0;
  const abort = new AbortController();
  let stopping = false;
  let polling: Promise<void> | null = null;
  let wokenWhilePolling = false;
  /** Whether the last poll may have left jobs in the queue. */
  let moreQueued = true;

  const wake = () => {
    if (stopping) return;
    if (polling !== null) {
      wokenWhilePolling = true;
      return;
    }
    polling = takeJobs()
      .catch((error: unknown) => log.warn({ queue: name, err: error }, "jobs could not be fetched"))
      .finally(() => {
        polling = null;
        if (wokenWhilePolling) wake();
      });
  };

  const takeJobs = async () => {
    do {
      wokenWhilePolling = false;
      const max = slots() - running.size - reserved;
      moreQueued = true;
      if (max < Math.max(options.minFreeSlots?.() ?? 1, 1)) return;
      const { jobs, maybeMore } = await queue.take(name, { max, groupLimit });
      for (const job of jobs) begin(job, run);
      moreQueued = maybeMore;
      if (maybeMore) wokenWhilePolling = true;
      else if (jobs.length >= burstSize && !stopping) await after(burstPauseMs);
    } while (wokenWhilePolling && !stopping);
    wokenWhilePolling = false;
  };

  const begin = (job: TakenJob, doJob: DispatcherOptions["run"]) => {
    running.set(job, { takenAt: performance.now(), ended: runJob(job, doJob) });
  };

  const runJob = async (job: TakenJob, doJob: DispatcherOptions["run"]) => {
    try {
      await doJob(job, abort.signal);
    } catch (error) {
      const fields = { queue: name, ...job.data };
      if (isUnavailable(error))
        log.warn({ ...fields, reason: String(error) }, "job requeued: the database is unavailable");
      else if (!abort.signal.aborted) log.warn({ ...fields, err: error }, "job requeued");
      await queue
        .requeue(name, job, String(error))
        .catch((failure: unknown) => log.warn({ ...fields, err: failure }, "job could not be requeued"));
    } finally {
      running.delete(job);
      if (moreQueued || groupLimit !== undefined) wake();
    }
  };

  const stopListening = options.signals.on("jobs", (subject) => subject === name && wake(), wake);
  const poll = setInterval(wake, pollMs);
  const touch = setInterval(() => {
    // A fetch counts as a heartbeat, so short jobs need none of their own.
    const old = [...running].filter(([, { takenAt }]) => performance.now() - takenAt > touchMs);
    queue
      .touch(
        name,
        old.map(([job]) => job),
      )
      .catch((error: unknown) => log.warn({ queue: name, err: error }, "heartbeat failed"));
  }, touchMs);

  return {
    reserve(count) {
      if (stopping || moreQueued || count > slots() - running.size - reserved) return null;
      const { promise: ended, resolve: end } = Promise.withResolvers<void>();
      reservations.add(ended);
      let held = count;
      reserved += held;
      const giveBack = () => {
        reserved -= held;
        held = 0;
        if (moreQueued) wake();
      };
      const hangs = setTimeout(giveBack, reservedMs);
      return {
        begin,
        [Symbol.dispose]() {
          clearTimeout(hangs);
          giveBack();
          reservations.delete(ended);
          end();
        },
      };
    },
    async stop(deadline) {
      stopping = true;
      stopListening();
      clearInterval(poll);
      const { promise: late, resolve: onLate } = Promise.withResolvers<void>();
      const end = () => {
        abort.abort(new Error("The process is ending"));
        onLate();
      };
      if (deadline.aborted) end();
      deadline.addEventListener("abort", end, { once: true });
      await polling;
      await Promise.race([Promise.all(reservations), late]);
      await Promise.allSettled([...running.values()].map(({ ended }) => ended));
      clearInterval(touch);
    },
  };
}

interface Running {
  /** By `performance.now()`. */
  readonly takenAt: number;
  readonly ended: Promise<void>;
}
