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
import { smoothed } from "../compute/moving-average.ts";

/** How much may be sent to one receiver, and when it is left alone for a while. Receivers are told apart by their origins. */
export interface ReceiverLimits extends ReceiverHealthOptions {
  /** Requests under way at once, in one process. */
  readonly concurrency: number;
}

/**
 * Keeps count, in one process, of how receivers fare: how many requests are under way to each, how often it may be called, and
 * whether it answers at all. One that does not is left alone but for a probe now and then.
 */
export interface Receivers extends AsyncDisposable {
  /** A place for a callback that nobody has waited with yet, if it can be sent at once or very soon; then `end` must follow, or its `drop`. */
  tryToBegin(origin: string): Place | null;
  /** Asks to send a callback whose turn it is. 0: `begin` now; otherwise ask again after so many milliseconds. */
  admit(origin: string): number;
  begin(origin: string): void;
  /** `counts`: whether a failure says something of the receiver's health. Null when it was given up. */
  end(origin: string, outcome: DeliveryOutcome | null, counts: boolean): void;
  /** Takes `begin` back. */
  drop(origin: string): void;
  /** As they are seen here. */
  list(): ReceiverReport[];
}

/** For one request to a receiver. */
export interface Place {
  /**
   * True once it is free: at once, or soon, since only a receiver that answers quickly has others wait for one. False, and the
   * place gone, when the receiver is left alone meanwhile.
   */
  readonly free: Promise<boolean>;
  /** Gives it up. */
  drop(): void;
}

export interface ReceiversOptions {
  readonly database: Pick<Database, "db">;
  readonly limits: ReceiverLimits;
  /** Longer than any request takes. */
  readonly probeMs: number;
  readonly random: () => number;
  readonly log: Log;
}

/** For how long, by how fast a receiver answers, a place is worth waiting for. */
const soonMs = 500;
const reportMs = 2_000;
/** Everything is reported anew now and then, for a process that says nothing is taken for gone. */
const reportAllMs = 20_000;

export function createReceivers({ database: { db }, limits, probeMs, random, log }: ReceiversOptions): Receivers {
  const { concurrency, ...healthOptions } = limits;
  const health = trackReceiverHealth({ probeMs, ...healthOptions });
  const seen = new Map<string, Seen>();
  const changed = new Set<string>();
  const self = randomUUID();
  let allReportedAt = performance.now();
  let reporting: Promise<void> | null = null;

  const of = (origin: string): Seen => {
    const known = seen.get(origin) ?? {
      underWay: 0,
      waiting: new Set(),
      answerMs: null,
      line: 0,
      deliveredAt: null,
      failedAt: null,
    };
    seen.set(origin, known);
    return known;
  };
  const release = (origin: string): void => {
    const receiver = of(origin);
    receiver.underWay -= 1;
    changed.add(origin);
    for (const answer of receiver.waiting) {
      if (receiver.underWay >= concurrency) break;
      receiver.waiting.delete(answer);
      receiver.underWay += 1;
      answer(true);
    }
  };
  /** Those that wait for a place are not to be thrown at a receiver that has just failed too often. */
  const sendAwayIfLeftAlone = (origin: string, { waiting }: Seen) => {
    if (waiting.size === 0 || health.circuitOf(origin).state === "closed") return;
    for (const answer of waiting) answer(false);
    waiting.clear();
  };
  const isFreeSoon = ({ underWay, waiting, answerMs }: Seen) =>
    underWay < concurrency || (answerMs !== null && ((waiting.size + 1) * answerMs) / concurrency < soonMs);

  function list(): ReceiverReport[] {
    return health.list().map(({ origin, circuit }) => {
      const { underWay, deliveredAt, failedAt } = of(origin);
      const openUntil = circuit.state === "closed" ? null : new Date(circuit.until);
      const failures = circuit.state === "closed" ? circuit.failures : null;
      return { origin, circuit: circuit.state, failures, openUntil, underWay, deliveredAt, failedAt };
    });
  }

  async function report(): Promise<void> {
    const isAll = performance.now() - allReportedAt > reportAllMs;
    if (!isAll && changed.size === 0) return;
    const receivers = list();
    const told = isAll ? receivers : receivers.filter(({ origin }) => changed.has(origin));
    changed.clear();
    if (isAll) {
      allReportedAt = performance.now();
      const known = new Set(receivers.map(({ origin }) => origin));
      for (const [origin, { underWay }] of seen) if (underWay === 0 && !known.has(origin)) seen.delete(origin);
      await removeStaleReports(db, self, [...known]);
    }
    await reportReceivers(db, self, told);
  }

  const timer = setInterval(() => {
    reporting ??= report()
      .catch((error: unknown) => log.debug({ err: error }, "how receivers fare could not be told"))
      .finally(() => (reporting = null));
  }, reportMs);
  timer.unref();

  return {
    tryToBegin(origin) {
      const receiver = of(origin);
      // Those that wait in line for the rate limit were there before.
      if (!isFreeSoon(receiver) || receiver.line > performance.now() || health.admit(origin) > 0) return null;
      const { promise: free, resolve } = Promise.withResolvers<boolean>();
      let held = false;
      const answer = (granted: boolean) => {
        held = granted;
        resolve(granted);
      };
      if (receiver.underWay < concurrency) {
        receiver.underWay += 1;
        answer(true);
      } else receiver.waiting.add(answer);
      const drop = () => {
        receiver.waiting.delete(answer);
        if (held) release(origin);
        held = false;
      };
      return { free, drop };
    },
    admit(origin) {
      const waitMs = health.admit(origin);
      if (waitMs === 0) return 0;
      const { rateLimit } = limits;
      // Not all at the same moment, of which all but one would only be put off again.
      return rateLimit === undefined ? waitMs * (1 + random() / 2) : waitInLine(of(origin), waitMs, rateLimit);
    },
    begin(origin) {
      of(origin).underWay += 1;
    },
    end(origin, outcome, counts) {
      const receiver = of(origin);
      if (outcome !== null) {
        receiver.answerMs = smoothed(receiver.answerMs, outcome.durationMs);
        if (isDelivered(outcome)) receiver.deliveredAt = new Date();
        else receiver.failedAt = new Date();
        if (counts || isReceiverHealthy(outcome)) health.settle(origin, outcome);
        sendAwayIfLeftAlone(origin, receiver);
      }
      release(origin);
    },
    drop: release,
    list,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await reporting;
      await removeStaleReports(db, self, []).catch((error: unknown) =>
        log.debug({ err: error }, "receivers not forgotten"),
      );
    },
  };
}

/** Gives a place behind those that wait already, so that each is put off once. */
function waitInLine(receiver: Seen, waitMs: number, { perSecond }: RateLimit): number {
  const now = performance.now();
  const turn = Math.max(now + waitMs, receiver.line);
  receiver.line = turn + 1_000 / perSecond;
  return turn - now;
}

interface Seen {
  underWay: number;
  /** Those that wait for a place, by what tells them whether they have one. */
  readonly waiting: Set<(granted: boolean) => void>;
  /** How long its answers have taken of late; null before the first. */
  answerMs: number | null;
  /** When the last of those who wait in line has had its turn; of the process's steady clock. */
  line: number;
  deliveredAt: Date | null;
  failedAt: Date | null;
}
