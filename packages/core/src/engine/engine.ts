import { type CallbackGuard, createDeliverer, type ResolveHost, type RetryPolicy } from "@strategy-executor/callback";
import type { ConcurrencyLimits, Database, ReceiverReport, WorkerIdentity } from "@strategy-executor/db";
import type { Clock } from "pg-boss";
import type { Log } from "../common/log.ts";
import type { Market } from "../market/price-table.ts";
import { type EventHub, startEventHub } from "./live/event-hub.ts";
import { type Signals, startSignals } from "./signals/signals.ts";
import { type Backlog, watchBacklog } from "./lifecycle/backlog.ts";
import type { SecretBox } from "./signing/secret-box.ts";
import { createSigningSecrets, ensureReadable, type SigningSecrets } from "./signing/signing-secrets.ts";
import { callbackUserAgent } from "./delivery/execution-callback.ts";
import { createCallbackDelivery, interruptedAfterMs } from "./delivery/callback-delivery.ts";
import { startCancellations } from "./signals/cancellations.ts";
import { type Compute, startCompute } from "./compute/compute.ts";
import { startDispatcher } from "./work/dispatcher.ts";
import type { NotificationSettings } from "./delivery/mailer.ts";
import { startInterruptedCallbacks } from "./delivery/interrupted-callbacks.ts";
import { createLifecycle, type Lifecycle, type LifecycleOptions } from "./lifecycle/lifecycle.ts";
import type { Observer } from "./lifecycle/observer.ts";
import { longestSeconds, type Queue, startQueue } from "./work/queue.ts";
import { createReceivers, type ReceiverLimits, type Receivers } from "./delivery/receivers.ts";
import { createRedeliveries, type Redeliveries } from "./delivery/redelivery.ts";
import type { Registry } from "./registry/registry.ts";
import type { PriceProviders } from "../prices/providers/price-providers.ts";
import { createPriceRefresh, type PriceRefresh, usualRefreshWaits } from "../prices/refresh/price-refresh.ts";
import { startScheduler } from "./schedules/scheduler.ts";
import { startRetention } from "./lifecycle/retention.ts";
import { createExecutionRunner } from "./work/run-execution.ts";
import { runSweep } from "./work/run-sweep.ts";
import { watchMemory } from "./compute/memory-watch.ts";
import { createPlaces } from "./work/places.ts";
import { startWorker } from "./work/worker.ts";
import { watchLostWorkers } from "./work/lost-workers.ts";
import { createSweepCompute } from "./compute/sweep-compute.ts";
import { createSweepLifecycle, type SweepLifecycle } from "./lifecycle/sweep-lifecycle.ts";

export interface EngineOptions {
  readonly database: Database;
  readonly log: Log;
  readonly observer: Observer;
  /** Whether this process runs executions and delivers callbacks, or only accepts submissions. */
  readonly works: boolean;
  /** What other processes see of this one when it works. */
  readonly identity: Pick<WorkerIdentity, "name" | "version">;
  readonly market: Market;
  readonly registry: Registry;
  /** Number of compute threads. */
  readonly threads: number;
  readonly executionTimeoutMs: number;
  /** Memory limit of one execution. */
  readonly memoryMb: number;
  readonly maxExecutionAttempts: number;
  readonly callbackTimeoutMs: number;
  /** Waits between attempts to deliver a callback. */
  readonly retryWaits: RetryPolicy["waits"];
  readonly receiverLimits: ReceiverLimits;
  /** How many bytes of results may be held for callbacks that are being sent; 64 MB when absent. */
  readonly callbackBytes?: number;
  /** Decides which addresses callbacks may be sent to. */
  readonly callbackGuard: CallbackGuard;
  /** Writes callbacks that people read, and sends mail. */
  readonly notifications: NotificationSettings;
  /** Encrypts signing secrets. */
  readonly secretBox: SecretBox;
  /** The configured providers of prices. */
  readonly priceProviders: PriceProviders;
  /** Waits before retrying a provider of prices that has not answered. */
  readonly refreshWaitsMs?: readonly number[];
  /** Resolves the names of receivers; the name servers of the system when absent. */
  readonly resolveHost?: ResolveHost;
  /** Jitter of retries, in [0, 1); `Math.random` when absent. */
  readonly random?: () => number;
  /** The clock of the queue; the system's when absent. */
  readonly clock?: Clock;
  /** How many executions may wait before more are refused. */
  readonly maxBacklog: number;
  /** How many executions may run at once by client and strategy; null without limits. */
  readonly limits: ConcurrencyLimits | null;
  /** How many days executions are kept after their end; null keeps all. */
  readonly retentionDays: number | null;
  /** How long a graceful shutdown waits for running jobs. */
  readonly drainMs: number;
}

/** Wakes the schedulers of every process. */
export interface ScheduleSignals {
  /** After the commit of a schedule, a run, prices or a day of an exchange. */
  changed(): void;
  /** Calls back after changes of runs, and when some may have been missed. Returns how to stop. */
  onRuns(wake: () => void): () => void;
}

export interface Engine extends AsyncDisposable {
  readonly lifecycle: Lifecycle;
  readonly sweeps: SweepLifecycle;
  readonly backlog: Backlog;
  readonly events: EventHub;
  readonly signals: Signals;
  readonly schedules: ScheduleSignals;
  readonly prices: PriceRefresh;
  readonly signingSecrets: SigningSecrets;
  readonly redeliveries: Redeliveries;
  /** The receivers as this process sees them, for metrics. */
  receivers(): ReceiverReport[];
  /** The compute threads; null in a process that only accepts submissions. */
  readonly threads: Compute["threads"] | null;
  /** Fetches no more jobs, and finishes or requeues running ones. Disposal does it too. */
  drain(): Promise<void>;
}

/** Callbacks wait for receivers, not for this machine: many run at once, but few to any one receiver. */
const callbackSlots = 5_000;
const callbackBytes = 64_000_000;
const secondsToRecord = 60;
/** The queue hands a job to another worker after a day, so an execution must end before. */
const longestRunMs = (longestSeconds - secondsToRecord) * 1000;
const stepsPerThread = 2;
/** Added to the request timeout for the deadline of a probe. */
const probeGraceMs = 5_000;
/** Backstop only: the end of an execution admits the next one immediately. */
const unparkMs = 1_000;

/**
 * Starts the queue and, in a process that works, the dispatchers of executions and callbacks.
 * @throws UnreadableSecretsError when signing secrets are stored that the box cannot open
 */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const { database, log, observer, callbackTimeoutMs, secretBox } = options;
  const executionTimeoutMs = Math.min(options.executionTimeoutMs, longestRunMs);
  await ensureReadable(database.db, secretBox);
  await using stack = new AsyncDisposableStack();
  const queue = stack.use(
    await startQueue({
      database,
      log,
      maxSeconds: {
        // A job may wait for its thread as long as another execution may run there.
        executions: 2 * Math.ceil(executionTimeoutMs / 1000) + secondsToRecord,
        sweeps: 2 * Math.ceil(executionTimeoutMs / 1000) + secondsToRecord,
        callbacks: Math.ceil(callbackTimeoutMs / 1000) + secondsToRecord,
      },
      works: options.works,
      clock: options.clock,
    }),
  );
  const signals = stack.use(await startSignals(database, log));
  const events = stack.use(startEventHub(database, signals));
  const signingSecrets = stack.use(createSigningSecrets({ database, signals, box: secretBox, log }));
  let busyThreads = () => 0;
  const worker = options.works
    ? stack.use(
        await startWorker(
          database,
          { ...options.identity, threads: options.threads },
          { busy: () => busyThreads(), log },
        ),
      ).id
    : null;
  let reserve: LifecycleOptions["reserve"] = () => null;
  const lifecycle = createLifecycle({
    database,
    queue,
    signals,
    limits: options.limits,
    worker,
    reserve: (count) => reserve(count),
    observer,
    log,
  });
  const redeliveries = createRedeliveries({ database, queue, signals });
  const sweeps = createSweepLifecycle({ database, queue, signals, lifecycle, limits: options.limits, worker });
  const { priceProviders: providers, refreshWaitsMs: waitsMs = usualRefreshWaits } = options;
  const prices = stack.use(createPriceRefresh({ database, providers, waitsMs, log }));
  const backlog = stack.use(watchBacklog(database, options.maxBacklog, log));
  const work = options.works
    ? await startWork(
        { ...options, executionTimeoutMs },
        { queue, signals, signingSecrets, lifecycle, sweeps, backlog, prices },
        stack,
      )
    : null;
  if (work !== null) {
    busyThreads = () => work.compute.threads.busy;
    reserve = work.reserve;
  }
  stack.use(watchLostWorkers({ database, signals, self: worker, log }));
  const started = stack.move();
  return {
    lifecycle,
    sweeps,
    backlog,
    events,
    signals,
    schedules: {
      changed: () => signals.send("schedules", "changed"),
      onRuns(wake) {
        // Operations that make or cancel runs tell the schedulers.
        const stops = [signals.on("runs", wake, wake), signals.on("schedules", wake, wake)];
        return () => stops.forEach((stop) => stop());
      },
    },
    prices,
    signingSecrets,
    redeliveries,
    receivers: () => work?.receivers.list() ?? [],
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
  readonly signingSecrets: SigningSecrets;
  readonly lifecycle: Lifecycle;
  readonly sweeps: SweepLifecycle;
  readonly backlog: Backlog;
  readonly prices: PriceRefresh;
}

interface Work {
  readonly receivers: Receivers;
  readonly compute: Compute;
  readonly reserve: LifecycleOptions["reserve"];
  drain(): Promise<void>;
}

/** Starts the dispatchers of executions and callbacks; the stack ends them. */
async function startWork(
  options: EngineOptions,
  { queue, signals, signingSecrets, lifecycle, sweeps, backlog, prices }: Parts,
  stack: AsyncDisposableStack,
): Promise<Work> {
  const { database, log, observer, drainMs, callbackGuard, resolveHost, receiverLimits } = options;
  const { random = Math.random } = options;
  const memory = stack.use(watchMemory(options.memoryMb * 1_000_000));
  const sweepCompute = stack.use(createSweepCompute({ ...options, memory, timeoutMs: options.executionTimeoutMs }));
  const compute = stack.use(await startCompute({ ...options, memory }));
  const deliverer = stack.use(
    createDeliverer({ ...callbackGuard, ...(resolveHost && { resolveHost }), userAgent: callbackUserAgent }),
  );
  const probeMs = options.callbackTimeoutMs + probeGraceMs;
  const receivers = stack.use(createReceivers({ database, limits: receiverLimits, probeMs, random, log }));
  const cancellations = stack.use(startCancellations(database, signals, log));
  const delivery = createCallbackDelivery({
    database,
    queue,
    deliverer,
    notifications: options.notifications,
    signingSecrets,
    observer,
    log,
    timeoutMs: options.callbackTimeoutMs,
    retryWaits: options.retryWaits,
    random,
    receivers,
    maxHeldBytes: options.callbackBytes ?? callbackBytes,
  });
  const afterMs = interruptedAfterMs(options.callbackTimeoutMs);
  stack.use(await startInterruptedCallbacks({ database, queue, signals, log, afterMs }));
  const runner = createExecutionRunner({
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
  });
  const executions = startDispatcher({
    queue,
    name: "executions",
    signals,
    slots: () => compute.slots + runner.withoutThread,
    // Polling once per short job would cost more than the job. Poll in batches, but never leave a thread idle.
    minFreeSlots: () => Math.floor((compute.slots - options.threads) / 2),
    run: runner.run,
    log,
  });
  const steps = startDispatcher({
    queue,
    name: "sweeps",
    signals,
    // The next step is fetched while one is computed.
    slots: () => stepsPerThread * options.threads,
    run: runSweep({
      database,
      sweeps,
      compute: sweepCompute,
      places: createPlaces(options.threads),
      cancellations,
      log,
      maxAttempts: options.maxExecutionAttempts,
    }),
    log,
  });
  const callbacks = startDispatcher({
    queue,
    name: "callbacks",
    signals,
    slots: () => callbackSlots,
    groupLimit: receiverLimits.concurrency,
    run: delivery.run,
    log,
  });
  const { strategies } = options.registry;
  const scheduler = startScheduler({
    database,
    queue,
    signals,
    lifecycle,
    backlog,
    prices,
    strategies,
    observer,
    log,
  });
  stack.use(scheduler);
  stack.use(startRetention(database, { days: options.retentionDays, log }));
  const unpark = setInterval(() => void lifecycle.unpark(), unparkMs);
  let drained: Promise<void> | null = null;
  const drainWithin = async (limitMs: number) => {
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), limitMs);
    await Promise.all([
      // Executions that end during the shutdown still send their callbacks.
      executions.stop(deadline.signal).then(() => delivery.drain(deadline.signal)),
      steps.stop(deadline.signal),
      callbacks.stop(deadline.signal),
    ]);
    clearTimeout(timer);
  };
  const drain = async () => {
    clearInterval(unpark);
    drained ??= drainWithin(drainMs);
    await drained;
  };
  stack.defer(drain);
  const reserve: Work["reserve"] = (count) => {
    const reservation = executions.reserve(count);
    return reservation === null
      ? null
      : {
          begin: (job, started) => reservation.begin(job, (_, stopping) => runner.runBegun(job, started, stopping)),
          [Symbol.dispose]: () => reservation[Symbol.dispose](),
        };
  };
  return { compute, receivers, reserve, drain };
}
