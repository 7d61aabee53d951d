import { createDeliverer } from "@strategy-executor/callback";
import type { Database } from "@strategy-executor/db";
import type { Log } from "../log.ts";
import type { Market } from "../market.ts";
import { type EventHub, startEventHub } from "../live/event-hub.ts";
import { startCancellations } from "./cancellations.ts";
import { startCompute } from "./compute.ts";
import { deliverCallback } from "./deliver-callback.ts";
import { startDispatcher } from "./dispatcher.ts";
import { type Queue, startQueue } from "./queue.ts";
import { runExecution } from "./run-execution.ts";

export interface EngineOptions {
  readonly database: Database;
  readonly log: Log;
  /** Whether this process runs executions and delivers callbacks, or only accepts. */
  readonly works: boolean;
  readonly market: Market;
  readonly strategiesDir: string | undefined;
  /** Threads that compute. */
  readonly threads: number;
  readonly executionTimeoutMs: number;
  readonly maxExecutionAttempts: number;
  readonly callbackTimeoutMs: number;
  /** How long an orderly end waits for what runs. */
  readonly drainMs: number;
}

export interface Engine extends AsyncDisposable {
  readonly queue: Queue;
  readonly events: EventHub;
  /** Takes nothing new, and finishes or hands back what runs. Disposal does it too. */
  drain(): Promise<void>;
}

/** Callbacks wait for receivers, not for this machine: very many at once, but few to any one receiver. */
const callbackSlots = 5_000;
const callbacksPerReceiver = 20;
const secondsToRecord = 60;
/** While one execution of a thread computes, another is begun or settled; it may have to wait for the thread. */
const slotsPerThread = 2;

/** Starts the queue and, in a process that works, what runs executions and delivers callbacks. */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const { database, log } = options;
  const queue = await startQueue({
    database,
    log,
    maxSeconds: {
      executions: slotsPerThread * Math.ceil(options.executionTimeoutMs / 1000) + secondsToRecord,
      callbacks: Math.ceil(options.callbackTimeoutMs / 1000) + secondsToRecord,
    },
    supervise: options.works,
  });
  const events = await startEventHub(database, log);
  if (!options.works) {
    return {
      queue,
      events,
      drain: () => Promise.resolve(),
      async [Symbol.asyncDispose]() {
        await events[Symbol.asyncDispose]();
        await queue[Symbol.asyncDispose]();
      },
    };
  }

  const cancellations = await startCancellations(database, log);
  const compute = await startCompute(options);
  const deliverer = createDeliverer({ userAgent: "strategy-executor" });
  const dispatchers = {
    executions: startDispatcher({
      boss: queue.boss,
      queue: "executions",
      slots: options.threads * slotsPerThread,
      run: runExecution({
        database,
        queue,
        compute,
        cancellations,
        log,
        timeoutMs: options.executionTimeoutMs,
        maxAttempts: options.maxExecutionAttempts,
      }),
      log,
    }),
    callbacks: startDispatcher({
      boss: queue.boss,
      queue: "callbacks",
      slots: callbackSlots,
      groupLimit: callbacksPerReceiver,
      run: deliverCallback({ database, deliverer, log, timeoutMs: options.callbackTimeoutMs }),
      log,
    }),
  };
  const stopListening = await queue.listen((name) => dispatchers[name].wake());

  let drained: Promise<unknown> | null = null;
  const drain = async () => {
    drained ??= Promise.all([
      stopListening().catch((error: unknown) => log.warn({ err: error }, "listening did not end in order")),
      dispatchers.executions.stop(options.drainMs),
      dispatchers.callbacks.stop(options.drainMs),
    ]);
    await drained;
  };
  return {
    queue,
    events,
    drain,
    async [Symbol.asyncDispose]() {
      await drain();
      await cancellations[Symbol.asyncDispose]();
      await compute[Symbol.asyncDispose]();
      await deliverer[Symbol.asyncDispose]();
      await events[Symbol.asyncDispose]();
      await queue[Symbol.asyncDispose]();
    },
  };
}
