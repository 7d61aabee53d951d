import { scheduleWork } from "@strategy-executor/db";
import { createWaiter } from "../live/waiter.ts";
import { createPriceAsker, type PriceAskerOptions } from "./ask-for-prices.ts";
import { type EndOptions, endRuns } from "./end-runs.ts";
import { fireDue, type FireOptions } from "./fire-due.ts";
import { submitReadyRuns, type SubmitOptions } from "./submit-runs.ts";

/** Longest time between two polls for due schedules. */
const idleMs = 10_000;
/** Poll interval for runs that wait for prices or for their execution, because signals can be lost. */
const openMs = 5_000;
const retryMs = 1_000;
const nothingReady = { submitted: [], lacking: [], hasRefused: false } as const;

/**
 * Fires schedules, submits their runs and ends them, until it is disposed. Its whole state is in the database: any number of processes may
 * run schedulers, and another one continues the work of one that dies. Sleeps until the next fire, and wakes when schedules change, prices
 * are imported or an execution of a run ends.
 */
export function startScheduler(options: FireOptions & SubmitOptions & EndOptions & PriceAskerOptions): AsyncDisposable {
  const { database, signals, log } = options;
  const ending = new AbortController();
  const waiter = createWaiter(ending.signal);
  const asker = createPriceAsker(options);
  /** Executions of open runs, as far as this process knows. */
  const executing = new Set<string>();
  const wake = () => waiter.wake();
  const stopListening = [
    signals.on("schedules", wake, wake),
    signals.on("events", (id) => void (executing.has(id) && wake()), wake),
  ];

  /** Returns the time until the next work. */
  async function step(): Promise<number> {
    const work = await scheduleWork(database.db);
    const hasFired = work.nextInMs === 0 && (await fireDue(options));
    const { submitted, lacking, hasRefused } = hasFired || work.waiting ? await submitReadyRuns(options) : nothingReady;
    if (hasFired || submitted.length > 0 || hasRefused) signals.send("runs", "changed");
    await asker.ask(lacking);
    for (const id of submitted) executing.add(String(id));
    if (work.executing) await endRuns(options);
    if (!work.executing && submitted.length === 0) executing.clear();
    if (hasFired || submitted.length > 0) return 0;
    const openWaitMs = work.waiting || work.executing ? openMs : idleMs;
    return work.nextInMs === 0 ? retryMs : Math.min(openWaitMs, work.nextInMs ?? idleMs);
  }

  async function run(): Promise<void> {
    while (!ending.signal.aborted) {
      let waitMs = retryMs;
      try {
        waitMs = await step();
      } catch (error) {
        log.warn({ err: error }, "schedules could not be read");
      }
      if (waitMs > 0) await waiter.wait(Math.ceil(waitMs));
    }
  }

  const running = run();
  return {
    async [Symbol.asyncDispose]() {
      for (const stop of stopListening) stop();
      ending.abort();
      await running;
      await asker[Symbol.asyncDispose]();
      waiter.dispose();
    },
  };
}
