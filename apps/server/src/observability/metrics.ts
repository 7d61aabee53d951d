import type { Engine, Observer } from "@strategy-executor/core";
import { countPending, countWaitingRuns, type Database } from "@strategy-executor/db";
import { type DeliveryOutcome, isDelivered } from "@strategy-executor/callback";
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import { includeServiceMetrics } from "./service-metrics.ts";
import { withinTime } from "./within-time.ts";

/** Prometheus metrics of this process. Labels are strategies and outcomes, never values that a client chose. */
export interface Metrics {
  /** Counts the engine's work. */
  readonly observer: Observer;
  /** Adds gauges for the engine and the database. */
  include(parts: { readonly database: Database; readonly engine: Engine }): void;
  /** The media type of `text`. */
  readonly contentType: string;
  /** The current values. Omits values that cannot be read, such as the backlog while the database is down. */
  text(): Promise<string>;
}

/** Covers short strategies and runs of 5 minutes. */
const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];

/** Counting stops here. */
const maxWaiting = 1_000_000;

export function createMetrics(): Metrics {
  const register = new Registry();
  const registers = [register];
  collectDefaultMetrics({ register });
  const named = (name: string, help: string) => ({ name: `strategy_executor_${name}`, help, registers });

  const accepted = new Counter(named("executions_accepted_total", "Accepted executions"));
  const finished = new Counter({
    ...named("executions_finished_total", "Finished executions, by status"),
    labelNames: ["status"],
  });
  const lost = new Counter({
    ...named(
      "attempts_lost_total",
      "Attempts that their worker gave back (returned), lost to a failure (interrupted) or ended too late (overtaken)",
    ),
    labelNames: ["reason"],
  });
  for (const status of ["completed", "failed", "cancelled"]) finished.inc({ status }, 0);
  for (const reason of ["returned", "interrupted", "overtaken"]) lost.inc({ reason }, 0);
  const running = new Gauge(named("executions_running", "Executions running in this process"));
  const waited = new Histogram({
    ...named("queue_wait_seconds", "Time from acceptance to the first attempt"),
    buckets: seconds,
  });
  const ran = new Histogram({
    ...named("run_seconds", "Time from the start of an attempt to the recording of its outcome"),
    labelNames: ["strategy"],
    buckets: seconds,
  });
  const delivered = new Histogram({
    ...named("delivery_seconds", "Duration of delivery attempts, by outcome"),
    labelNames: ["outcome"],
    buckets: seconds,
  });

  const fires = new Counter(named("schedule_fires_total", "Fires of schedules that became runs"));
  const missed = new Counter(named("schedule_fires_missed_total", "Fires of schedules that were missed"));
  const lag = new Histogram({
    ...named("schedule_lag_seconds", "Time from a fire's moment to its run"),
    buckets: seconds,
  });

  const observer: Observer = {
    fired(lateMs) {
      fires.inc();
      lag.observe(Math.max(lateMs, 0) / 1000);
    },
    fireMissed: () => missed.inc(),
    accepted: () => accepted.inc(),
    cancelled: () => finished.inc({ status: "cancelled" }),
    attempt({ strategy, attempt, waitedMs }) {
      const begun = performance.now();
      running.inc();
      if (attempt === 1) waited.observe(Math.max(waitedMs, 0) / 1000);
      return (ending) => {
        running.dec();
        ran.observe({ strategy }, (performance.now() - begun) / 1000);
        if (ending === "completed" || ending === "failed") finished.inc({ status: ending });
        else if (ending !== "cancelled") lost.inc({ reason: ending });
      };
    },
    delivery: () => ({
      headers: {},
      ended: (outcome) => delivered.observe({ outcome: labelOf(outcome) }, outcome.durationMs / 1000),
    }),
  };

  const gauge = (name: string, help: string, read: () => number | null | Promise<number>) => {
    const { registers: _registers, ...options } = named(name, help);
    register.registerMetric(
      new Gauge({
        ...options,
        registers: [],
        async collect() {
          const value = await Promise.resolve(read()).catch(() => null);
          if (value === null) this.remove();
          else this.set(value);
        },
      }),
    );
  };

  return {
    observer,
    include({ database, engine }) {
      includeServiceMetrics(register, database);
      gauge("executions_waiting", "Executions waiting to run, over all processes", () =>
        withinTime(countPending(database.db, maxWaiting)),
      );
      gauge("schedule_runs_waiting", "Runs of schedules that wait for prices, over all processes", () =>
        withinTime(countWaitingRuns(database.db, maxWaiting)),
      );
      gauge("database_connections", "Maximum number of database connections", () => database.use().connections);
      gauge(
        "database_statements",
        "Statements and transactions in progress or waiting for a connection",
        () => database.use().underWay,
      );
      if (engine.threads === null) return;
      gauge("compute_threads", "Threads that run strategies", () => engine.threads?.size ?? null);
      gauge("compute_threads_busy", "Threads that compute", () => engine.threads?.busy ?? null);
      gauge(
        "receivers_circuit_open",
        "Callback receivers whose circuit is open or half-open in this process",
        () => engine.receivers().filter(({ circuit }) => circuit !== "closed").length,
      );
      gauge("callbacks_under_way", "Callbacks that this process is sending", () =>
        engine.receivers().reduce((sum, { underWay }) => sum + underWay, 0),
      );
      gauge("compute_waiting", "Executions waiting for a thread", () => engine.threads?.waiting ?? null);
    },
    contentType: register.contentType,
    text: () => register.metrics(),
  };
}

function labelOf(outcome: DeliveryOutcome): string {
  if (outcome.kind !== "answered") return "not_answered";
  return isDelivered(outcome) ? "delivered" : "refused";
}
