import { scheduleWork } from "@strategy-executor/db";
import { createWaiter } from "../live/waiter.ts";
import { type EndOptions, endRuns } from "./end-runs.ts";
import { fireDue, type FireOptions } from "./fire-due.ts";
import { submitReadyRuns, type SubmitOptions } from "./submit-runs.ts";

/** The longest time without a look at what is due. */
const idleMs = 10_000;
/** How often runs are looked at that wait for prices or for their execution: signals may be lost. */
const openMs = 5_000;
const retryMs = 1_000;

/**
 * Fires schedules, submits their runs and ends them, until it is disposed. The rows decide: any number of processes may do this
 * at once, and one that dies leaves nothing that another does not find. Sleeps until the next fire, and wakes when schedules
 * change, prices are imported or an execution of a run ends.
 */
export function startScheduler(options: FireOptions & SubmitOptions & EndOptions): AsyncDisposable {
  const { database, signals, log } = options;
  const ending = new AbortController();
  const waiter = createWaiter(ending.signal);
  /** Executions of runs that this process knows to be on their way. */
  const executing = new Set<string>();
  const wake = () => waiter.wake();
  const stopListening = [
    signals.on("schedules", wake, wake),
    signals.on("events", (id) => void (executing.has(id) && wake()), wake),
  ];

  /** Returns how long nothing is to be done. */
  async function step(): Promise<number> {
    const work = await scheduleWork(database.db);
    const hasFired = work.nextInMs === 0 && (await fireDue(options));
    const submitted = hasFired || work.waiting ? await submitReadyRuns(options) : [];
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
        log.warn({ err: error }, "schedules could not be looked at");
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
      waiter.dispose();
    },
  };
}
