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
  /** The rate limit per receiver; none when absent. */
  readonly rateLimit?: RateLimit;
  /** A monotonic clock. When absent, milliseconds since 1970 at the start of the process, counted from there. */
  readonly now?: () => number;
}

/** Tracks, in one process, which receivers respond, by origin (`https://example.org:8443`). */
export interface ReceiverHealth {
  /** Asks to send one callback. 0: send it now and `settle` it; otherwise ask again after that many milliseconds. */
  admit(origin: string): number;
  /** Records the outcome of an admitted callback. Aborted attempts are not recorded. */
  settle(origin: string, outcome: DeliveryOutcome): void;
  /** The receiver's circuit; closed for an unknown receiver. */
  circuitOf(origin: string): Circuit;
  /** The state of each recently called receiver. */
  list(): ReceiverState[];
}

export interface ReceiverState {
  readonly origin: string;
  readonly circuit: Circuit;
}

/**
 * Creates a circuit breaker and an optional rate limit per origin. By default 5 consecutive failures open a circuit for
 * 30 s, and failed probes extend that up to 15 minutes.
 *
 *     const waitMs = health.admit(origin);
 *     if (waitMs > 0) return requeue(waitMs);
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
  // After this idle time a receiver's state no longer matters.
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
      // A callback that has to wait takes no token and does not count as a probe.
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
 * Whether the receiver itself is healthy: it responded, and not with a status for overload or an unreachable backend. A
 * 404 or a 500 may concern only one address of the origin, and the others must not suffer.
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
