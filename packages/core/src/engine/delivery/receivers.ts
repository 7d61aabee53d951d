import { randomUUID } from "node:crypto";
import {
  type DeliveryOutcome,
  isReceiverHealthy,
  isDelivered,
  type RateLimit,
  type ReceiverHealthOptions,
  trackReceiverHealth,
} from "@strategy-executor/callback";
import { type Database, removeStaleReports, type ReceiverReport, reportReceivers } from "@strategy-executor/db";
import type { Log } from "../../common/log.ts";
import { ewma } from "../compute/ewma.ts";

/** Limits for one receiver, and when its circuit opens. A receiver is identified by its origin. */
export interface ReceiverLimits extends ReceiverHealthOptions {
  /** Simultaneous requests to one receiver from this process. */
  readonly concurrency: number;
}

/**
 * Tracks receivers in one process: requests in flight, rate limit and circuit breaker. While a circuit is open, only an occasional probe is
 * sent.
 */
export interface Receivers extends AsyncDisposable {
  /** Reserves a slot for a first attempt, if one is or will soon be free. `end` or the slot's `release` must follow. */
  tryReserve(origin: string): Slot | null;
  /** Asks to send a queued callback. 0 means `begin` now; otherwise ask again after that many milliseconds. */
  admit(origin: string): number;
  begin(origin: string): void;
  /** `counts`: whether a failure counts for the circuit. `outcome` is null when the attempt was aborted. */
  end(origin: string, outcome: DeliveryOutcome | null, counts: boolean): void;
  /** Undoes `begin`. */
  release(origin: string): void;
  /** The receivers as this process sees them. */
  list(): ReceiverReport[];
}

/** A slot for one request to a receiver. */
export interface Slot {
  /** True once the slot is free. False when the circuit opens or the slot is released meanwhile; then there is no slot. */
  readonly granted: Promise<boolean>;
  release(): void;
}

export interface ReceiversOptions {
  readonly database: Pick<Database, "db">;
  readonly limits: ReceiverLimits;
  /** Longer than any request takes. */
  readonly probeMs: number;
  readonly random: () => number;
  readonly log: Log;
}

/** Longest expected wait for which a first attempt waits for a slot. */
const soonMs = 500;
const reportMs = 2_000;
/** Interval of full reports. A process without reports is presumed dead. */
const reportAllMs = 20_000;

export function createReceivers({ database: { db }, limits, probeMs, random, log }: ReceiversOptions): Receivers {
  const { concurrency, ...healthOptions } = limits;
  const health = trackReceiverHealth({ probeMs, ...healthOptions });
  const states = new Map<string, ReceiverState>();
  const changed = new Set<string>();
  const self = randomUUID();
  let allReportedAt = performance.now();
  let reporting: Promise<void> | null = null;

  const stateOf = (origin: string): ReceiverState => {
    const state = states.get(origin) ?? {
      inFlight: 0,
      waiting: new Set(),
      answerMs: null,
      lineEndsAt: 0,
      deliveredAt: null,
      failedAt: null,
    };
    states.set(origin, state);
    return state;
  };
  const release = (origin: string): void => {
    const receiver = stateOf(origin);
    receiver.inFlight -= 1;
    changed.add(origin);
    for (const grant of receiver.waiting) {
      if (receiver.inFlight >= concurrency) break;
      receiver.waiting.delete(grant);
      receiver.inFlight += 1;
      grant(true);
    }
  };
  /** First attempts that wait for a slot must not be sent once the circuit is open. */
  const rejectWaitingIfOpen = (origin: string, { waiting }: ReceiverState) => {
    if (waiting.size === 0 || health.circuitOf(origin).state === "closed") return;
    for (const grant of waiting) grant(false);
    waiting.clear();
  };
  const isFreeSoon = ({ inFlight, waiting, answerMs }: ReceiverState) =>
    inFlight < concurrency || (answerMs !== null && ((waiting.size + 1) * answerMs) / concurrency < soonMs);

  function list(): ReceiverReport[] {
    return health.list().map(({ origin, circuit }) => {
      const { inFlight, answerMs, deliveredAt, failedAt } = stateOf(origin);
      const openUntil = circuit.state === "closed" ? null : new Date(circuit.until);
      const failures = circuit.state === "closed" ? circuit.failures : null;
      return {
        origin,
        circuit: circuit.state,
        failures,
        openUntil,
        underWay: inFlight,
        answerMs,
        deliveredAt,
        failedAt,
      };
    });
  }

  async function report(): Promise<void> {
    const isAll = performance.now() - allReportedAt > reportAllMs;
    if (!isAll && changed.size === 0) return;
    const receivers = list();
    const reported = isAll ? receivers : receivers.filter(({ origin }) => changed.has(origin));
    changed.clear();
    if (isAll) {
      allReportedAt = performance.now();
      const known = new Set(receivers.map(({ origin }) => origin));
      for (const [origin, { inFlight }] of states) if (inFlight === 0 && !known.has(origin)) states.delete(origin);
      await removeStaleReports(db, self, [...known]);
    }
    await reportReceivers(db, self, reported);
  }

  const timer = setInterval(() => {
    reporting ??= report()
      .catch((error: unknown) => log.debug({ err: error }, "receivers could not be reported"))
      .finally(() => (reporting = null));
  }, reportMs);
  timer.unref();

  return {
    tryReserve(origin) {
      const receiver = stateOf(origin);
      // Callbacks that wait for the rate limit go first.
      if (!isFreeSoon(receiver) || receiver.lineEndsAt > performance.now() || health.admit(origin) > 0) return null;
      const { promise: granted, resolve } = Promise.withResolvers<boolean>();
      let held = false;
      const grant = (isGranted: boolean) => {
        held = isGranted;
        resolve(isGranted);
      };
      if (receiver.inFlight < concurrency) {
        receiver.inFlight += 1;
        grant(true);
      } else receiver.waiting.add(grant);
      return {
        granted,
        release() {
          receiver.waiting.delete(grant);
          if (held) release(origin);
          grant(false);
        },
      };
    },
    admit(origin) {
      const waitMs = health.admit(origin);
      if (waitMs === 0) return 0;
      const { rateLimit } = limits;
      // Spread over time: at the same moment all but one would be postponed again.
      return rateLimit === undefined ? waitMs * (1 + random() / 2) : waitInLine(stateOf(origin), waitMs, rateLimit);
    },
    begin(origin) {
      stateOf(origin).inFlight += 1;
    },
    end(origin, outcome, counts) {
      const receiver = stateOf(origin);
      if (outcome !== null) {
        receiver.answerMs = ewma(receiver.answerMs, outcome.durationMs);
        if (isDelivered(outcome)) receiver.deliveredAt = new Date();
        else receiver.failedAt = new Date();
        if (counts || isReceiverHealthy(outcome)) health.settle(origin, outcome);
        rejectWaitingIfOpen(origin, receiver);
      }
      release(origin);
    },
    release,
    list,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await reporting;
      await removeStaleReports(db, self, []).catch((error: unknown) =>
        log.debug({ err: error }, "reports on receivers could not be removed"),
      );
    },
  };
}

/** Assigns a turn behind the callbacks that already wait, so that each is postponed once. */
function waitInLine(receiver: ReceiverState, waitMs: number, { perSecond }: RateLimit): number {
  const now = performance.now();
  const turn = Math.max(now + waitMs, receiver.lineEndsAt);
  receiver.lineEndsAt = turn + 1_000 / perSecond;
  return turn - now;
}

interface ReceiverState {
  inFlight: number;
  /** The `grant` functions of first attempts that wait for a slot. */
  readonly waiting: Set<(granted: boolean) => void>;
  /** Moving average of its response time; null before the first response. */
  answerMs: number | null;
  /** When the last callback that waits for the rate limit has its turn, by `performance.now()`. */
  lineEndsAt: number;
  deliveredAt: Date | null;
  failedAt: Date | null;
}
