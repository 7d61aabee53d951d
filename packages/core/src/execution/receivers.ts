import { randomUUID } from "node:crypto";
import {
  type DeliveryOutcome,
  isAlive,
  isDelivered,
  type RateLimit,
  type ReceiverHealthOptions,
  watchReceivers,
} from "@strategy-executor/callback";
import { type Database, forgetReceivers, type ReceiverReport, reportReceivers } from "@strategy-executor/db";
import type { Log } from "../log.ts";

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
  /** Whether a callback may be sent at once that nobody has waited with yet. Then `begin` and `end` must follow, or `drop`. */
  tryToBegin(origin: string): boolean;
  /** Asks to send a callback whose turn it is. 0: `begin` now; otherwise ask again after so many milliseconds. */
  admit(origin: string): number;
  begin(origin: string): void;
  /** `counts`: whether a failure says something of the receiver's health. Null when it was given up. */
  end(origin: string, outcome: DeliveryOutcome | null, counts: boolean): void;
  /** Takes `tryToBegin` back. */
  drop(origin: string): void;
  /** As they are seen here. */
  list(): ReceiverReport[];
}

export interface ReceiversOptions {
  readonly database: Pick<Database, "db">;
  readonly limits: ReceiverLimits;
  /** Longer than any request takes. */
  readonly probeMs: number;
  readonly random: () => number;
  readonly log: Log;
}

const reportMs = 2_000;
/** Everything is reported anew now and then, for a process that says nothing is taken for gone. */
const reportAllMs = 20_000;

export function createReceivers({ database: { db }, limits, probeMs, random, log }: ReceiversOptions): Receivers {
  const { concurrency, ...healthOptions } = limits;
  const health = watchReceivers({ probeMs, ...healthOptions });
  const seen = new Map<string, Seen>();
  const changed = new Set<string>();
  const self = randomUUID();
  let allReportedAt = performance.now();
  let reporting: Promise<void> | null = null;

  const of = (origin: string): Seen => {
    const known = seen.get(origin) ?? { underWay: 0, line: 0, deliveredAt: null, failedAt: null };
    seen.set(origin, known);
    return known;
  };
  const release = (origin: string): Seen => {
    const receiver = of(origin);
    receiver.underWay -= 1;
    changed.add(origin);
    return receiver;
  };

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
      await forgetReceivers(db, self, [...known]);
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
      const { underWay, line } = of(origin);
      // Those that wait in line for the rate limit were there before.
      if (underWay >= concurrency || line > performance.now() || health.admit(origin) > 0) return false;
      of(origin).underWay += 1;
      return true;
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
      const receiver = release(origin);
      if (outcome === null) return;
      if (isDelivered(outcome)) receiver.deliveredAt = new Date();
      else receiver.failedAt = new Date();
      if (counts || isAlive(outcome)) health.settle(origin, outcome);
    },
    drop: (origin) => void release(origin),
    list,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await reporting;
      await forgetReceivers(db, self, []).catch((error: unknown) =>
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
  /** When the last of those who wait in line has had its turn; of the process's steady clock. */
  line: number;
  deliveredAt: Date | null;
  failedAt: Date | null;
}
