import { createDeliverer } from "@strategy-executor/callback";
import type { ConcurrencyLimits, Database } from "@strategy-executor/db";
import type { Log } from "../log.ts";
import type { Market } from "../market.ts";
import { type EventHub, startEventHub } from "../live/event-hub.ts";
import { type Signals, startSignals } from "../live/signals.ts";
import { type Backlog, watchBacklog } from "./backlog.ts";
import { createCallbackDelivery } from "./callback-delivery.ts";
import { startCancellations } from "./cancellations.ts";
import { type Compute, startCompute } from "./compute.ts";
import { startDispatcher } from "./dispatcher.ts";
import { createLifecycle, type Lifecycle } from "./lifecycle.ts";
import type { Observer } from "./observer.ts";
import { type Queue, startQueue } from "./queue.ts";
import { startRetention } from "./retention.ts";
import { runExecution } from "./run-execution.ts";

export interface EngineOptions {
  readonly database: Database;
  readonly log: Log;
  readonly observer: Observer;
  /** Whether this process runs executions and delivers callbacks, or only accepts. */
  readonly works: boolean;
  readonly market: Market;
  readonly strategiesDir: string | undefined;
  /** Threads that compute. */
  readonly threads: number;
  readonly executionTimeoutMs: number;
  /** Memory that one execution may take in its thread. */
  readonly memoryMb: number;
  readonly maxExecutionAttempts: number;
  readonly callbackTimeoutMs: number;
  /** How many executions may wait before more are refused. */
  readonly mostWaiting: number;
  /** How many may run at once by client and strategy; null for no such limit. */
  readonly limits: ConcurrencyLimits | null;
  /** How long executions are kept after their end; null keeps all. */
  readonly retentionDays: number | null;
  /** How long an orderly end waits for what runs. */
  readonly drainMs: number;
}

export interface Engine extends AsyncDisposable {
  readonly lifecycle: Lifecycle;
  readonly backlog: Backlog;
  readonly events: EventHub;
  readonly signals: Signals;
  /** The threads that strategies run in; null in a process that only accepts. */
  readonly threads: Compute["threads"] | null;
  /** Takes nothing new, and finishes or hands back what runs. Disposal does it too. */
  drain(): Promise<void>;
}

/** Callbacks wait for receivers, not for this machine: very many at once, but few to any one receiver. */
const callbackSlots = 5_000;
const callbacksPerReceiver = 50;
const secondsToRecord = 60;
/** The backstop: what frees a place lets the next one through at once. */
const unparkMs = 1_000;

/** Starts the queue and, in a process that works, what runs executions and delivers callbacks. */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const { database, log, observer, callbackTimeoutMs, executionTimeoutMs } = options;
  await using stack = new AsyncDisposableStack();
  const queue = stack.use(
    await startQueue({
      database,
      log,
      maxSeconds: {
        // While it waits for its thread, another may take its time there.
        executions: 2 * Math.ceil(executionTimeoutMs / 1000) + secondsToRecord,
        callbacks: Math.ceil(callbackTimeoutMs / 1000) + secondsToRecord,
      },
      supervise: options.works,
    }),
  );
  const signals = stack.use(await startSignals(database, log));
  const events = stack.use(startEventHub(database, signals));
  const lifecycle = createLifecycle({ database, queue, signals, limits: options.limits, observer, log });
  const backlog = stack.use(watchBacklog(database, options.mostWaiting, log));
  const work = options.works ? await startWork(options, { queue, signals, lifecycle }, stack) : null;
  const started = stack.move();
  return {
    lifecycle,
    backlog,
    events,
    signals,
    get threads() {
      return work === null ? null : work.compute.threads;
    },
    drain: async () => work?.drain(),
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

interface Parts {
  readonly queue: Queue;
  readonly signals: Signals;
  readonly lifecycle: Lifecycle;
}

interface Work {
  readonly compute: Compute;
  drain(): Promise<void>;
}

/** Starts what runs executions and delivers callbacks; ends with the stack. */
async function startWork(
  options: EngineOptions,
  { queue, signals, lifecycle }: Parts,
  stack: AsyncDisposableStack,
): Promise<Work> {
  const { database, log, observer, drainMs } = options;
  const compute = stack.use(await startCompute(options));
  const deliverer = stack.use(createDeliverer({ userAgent: "strategy-executor" }));
  const cancellations = stack.use(startCancellations(database, signals, log));
  const delivery = createCallbackDelivery({
    database,
    queue,
    deliverer,
    observer,
    log,
    timeoutMs: options.callbackTimeoutMs,
    perReceiver: callbacksPerReceiver,
  });
  const executions = startDispatcher({
    queue,
    name: "executions",
    signals,
    slots: () => compute.slots,
    run: runExecution({
      database,
      queue,
      lifecycle,
      delivery,
      compute,
      cancellations,
      signals,
      observer,
      log,
      timeoutMs: options.executionTimeoutMs,
      maxAttempts: options.maxExecutionAttempts,
    }),
    log,
  });
  const callbacks = startDispatcher({
    queue,
    name: "callbacks",
    signals,
    slots: () => callbackSlots,
    groupLimit: callbacksPerReceiver,
    run: delivery.run,
    log,
  });
  stack.use(startRetention(database, { days: options.retentionDays, log }));
  const unpark = setInterval(() => void lifecycle.unpark(), unparkMs);
  let drained: Promise<unknown> | null = null;
  const drain = async () => {
    clearInterval(unpark);
    // What ends now still sends its callback.
    drained ??= Promise.all([executions.stop(drainMs).then(() => delivery.drain()), callbacks.stop(drainMs)]);
    await drained;
  };
  stack.defer(drain);
  return { compute, drain };
}
