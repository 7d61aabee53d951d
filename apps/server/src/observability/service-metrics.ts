import {
  type Database,
  listWorkers,
  oldestRunning,
  type QueueGroup,
  readQueue,
  type WorkerRecord,
} from "@strategy-executor/db";
import { Gauge, type Registry } from "prom-client";
import { withinTime } from "./within-time.ts";

/** Counting stops here. */
const maxWaiting = 1_000_000;
const maxWorkers = 1_000;
/** The gauges of one scrape share what was read for them. */
const sharedMs = 500;

const priorities = { [-1]: "low", 0: "normal", 1: "high" } as const;
const queues = ["executions", "sweeps", "callbacks"] as const;

/** Adds gauges on the whole service, which every process reads from the database. They are left out while it does not answer. */
export function includeServiceMetrics(register: Registry, { db }: Pick<Database, "db">): void {
  const workers = shared(() => listWorkers(db, maxWorkers));
  const waiting = shared(() => readQueue(db, maxWaiting));
  const running = shared(() => oldestRunning(db));

  function gauge(
    name: string,
    help: string,
    labelNames: readonly string[],
    read: () => Promise<readonly { readonly labels: Record<string, string>; readonly value: number }[]>,
  ): void {
    register.registerMetric(
      new Gauge({
        name: `strategy_executor_${name}`,
        help,
        labelNames: [...labelNames],
        registers: [],
        async collect() {
          const values = await withinTime(read()).catch(() => []);
          this.reset();
          if (values.length === 0 && labelNames.length === 0) this.remove();
          for (const { labels, value } of values) this.set(labels, value);
        },
      }),
    );
  }

  gauge("workers", "Processes that run executions, by state, over all processes", ["state"], async () => {
    const all = await workers();
    const count = (isLost: boolean) => all.filter((worker: WorkerRecord) => worker.isLost === isLost).length;
    return [
      { labels: { state: "alive" }, value: count(false) },
      { labels: { state: "lost" }, value: count(true) },
    ];
  });
  gauge("worker_threads", "Threads of all workers that are alive", [], async () => [
    { labels: {}, value: sum((await workers()).filter(({ isLost }) => !isLost).map(({ threads }) => threads)) },
  ]);
  gauge(
    "queue_depth",
    "Executions, steps of sweeps and callbacks that wait, over all processes",
    ["queue", "priority"],
    async () => perPriority(await waiting(), (groups) => sum(groups.map(({ depth }) => depth))),
  );
  gauge(
    "queue_oldest_seconds",
    "How long the oldest of them has waited, over all processes; 0 when none waits",
    ["queue", "priority"],
    async () => perPriority(await waiting(), (groups) => Math.max(0, ...groups.map(({ ageSeconds }) => ageSeconds))),
  );
  gauge("running_oldest_seconds", "How long the oldest attempt has run, over all processes", [], async () => [
    { labels: {}, value: (await running()).ageSeconds },
  ]);
  gauge(
    "executions_without_worker",
    "Executions that show running although their worker is lost, over all processes",
    [],
    async () => [{ labels: {}, value: (await running()).withoutWorker }],
  );
}

function perPriority(groups: readonly QueueGroup[], valueOf: (groups: readonly QueueGroup[]) => number) {
  return queues.flatMap((queue) =>
    ([-1, 0, 1] as const).map((urgency) => ({
      labels: { queue, priority: priorities[urgency] },
      value: valueOf(groups.filter((group) => group.queue === queue && group.urgency === urgency)),
    })),
  );
}

/** Reads once for all that ask at about the same time. A slow read is not joined by a second one. */
function shared<T>(read: () => Promise<T>): () => Promise<T> {
  let last: Promise<T> | null = null;
  /** Null while it is being read. */
  let readAt: number | null = 0;
  return () => {
    if (last === null || (readAt !== null && performance.now() - readAt > sharedMs)) {
      readAt = null;
      last = read().finally(() => (readAt = performance.now()));
    }
    return last;
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
