import {
  type Circuit,
  type CircuitPolicy,
  closedCircuit,
  admitThroughCircuit,
  settleCircuit,
} from "./circuit-breaker.ts";
import type { DeliveryOutcome } from "../deliver/deliver.ts";
import { fullBucket, type RateLimit, takeToken, type TokenBucket } from "./token-bucket.ts";

export interface ReceiverHealthOptions extends Partial<CircuitPolicy> {
  /** Of each receiver; none when absent. */
  readonly rateLimit?: RateLimit;
  /** A clock that never goes back. When absent: milliseconds since 1970, as they were when the process began, and counted from there. */
  readonly now?: () => number;
}

/** Keeps count, in one process, of which receivers answer, by origin (`https://example.org:8443`). */
export interface ReceiverHealth {
  /** Asks to send one callback. 0: send it now and `settle` it; otherwise ask again after so many milliseconds. */
  admit(origin: string): number;
  /** Tells what came of a callback that was admitted. One that was given up is not told. */
  settle(origin: string, outcome: DeliveryOutcome): void;
  /** Whether a receiver is called, left alone or tried: closed where nothing is known of it. */
  circuitOf(origin: string): Circuit;
  /** What is known of each receiver that was called lately. */
  list(): ReceiverState[];
}

export interface ReceiverState {
  readonly origin: string;
  readonly circuit: Circuit;
}

/**
 * Watches over receivers: a circuit breaker and, where wanted, a rate limit for each origin. 5 failures in a row open a
 * circuit for 30 s, failed probes for up to 15 minutes; the options say otherwise.
 *
 *     const waitMs = health.admit(origin);
 *     if (waitMs > 0) return putBack(waitMs);
 *     health.settle(origin, await deliverer.deliver(delivery));
 */
export function trackReceiverHealth({
  rateLimit,
  now = steadyNow,
  ...given
}: ReceiverHealthOptions = {}): ReceiverHealth {
  const policy: CircuitPolicy = {
    failuresToOpen: 5,
    coolDownMs: 30_000,
    longestCoolDownMs: 900_000,
    probeMs: 60_000,
    ...given,
  };
  const receivers = new Map<string, Receiver>();
  // What a receiver that has been quiet for so long is remembered for no longer matters.
  const quietMs = 2 * policy.longestCoolDownMs + (rateLimit ? (rateLimit.burst / rateLimit.perSecond) * 1000 : 0);
  let sweepAt = 1_000;

  function forgetQuietOnes(time: number): void {
    if (receivers.size < sweepAt) return;
    for (const [origin, { usedAt }] of receivers) if (time - usedAt > quietMs) receivers.delete(origin);
    sweepAt = Math.max(1_000, 2 * receivers.size);
  }

  return {
    admit(origin) {
      const time = now();
      forgetQuietOnes(time);
      const { circuit = closedCircuit, bucket = fullBucket } = receivers.get(origin) ?? {};
      const passed = admitThroughCircuit(circuit, policy, time);
      const taken = rateLimit && takeToken(bucket, rateLimit, time);
      const waitMs = Math.max(passed.waitMs, taken?.waitMs ?? 0);
      // One that has to wait takes no token and is no probe.
      if (waitMs === 0) receivers.set(origin, { circuit: passed.next, bucket: taken?.next ?? bucket, usedAt: time });
      return waitMs;
    },
    settle(origin, outcome) {
      const { circuit = closedCircuit, bucket = fullBucket } = receivers.get(origin) ?? {};
      const time = now();
      receivers.set(origin, {
        circuit: settleCircuit(circuit, isReceiverHealthy(outcome), policy, time),
        bucket,
        usedAt: time,
      });
    },
    circuitOf: (origin) => receivers.get(origin)?.circuit ?? closedCircuit,
    list: () => [...receivers].map(([origin, { circuit }]) => ({ origin, circuit })),
  };
}

/**
 * Whether the receiver as such is well: it answered, and not that it or what is behind it has too much to do or is gone. A 404
 * or a 500 may concern one address of many at the same origin, and the others must not pay for it.
 */
export function isReceiverHealthy(outcome: DeliveryOutcome): boolean {
  return outcome.kind === "answered" && ![429, 502, 503, 504].includes(outcome.statusCode);
}

function steadyNow(): number {
  return Math.round(performance.timeOrigin + performance.now());
}

interface Receiver {
  readonly circuit: Circuit;
  readonly bucket: TokenBucket;
  readonly usedAt: number;
}
