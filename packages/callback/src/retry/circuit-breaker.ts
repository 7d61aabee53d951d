/** The state of a receiver's circuit. Plain data; times are milliseconds of a monotonic clock. */
export type Circuit =
  /** Deliveries are sent. */
  | { readonly state: "closed"; readonly failures: number }
  /** No delivery is sent before `until`. */
  | { readonly state: "open"; readonly until: number; readonly coolDownMs: number }
  /** One probe is in flight. If it does not report before `until`, another may be sent. */
  | { readonly state: "half-open"; readonly until: number; readonly coolDownMs: number };

export interface CircuitPolicy {
  /** Consecutive failures that open the circuit. */
  readonly failuresToOpen: number;
  /** The first cool-down. Every failed probe doubles it. */
  readonly coolDownMs: number;
  readonly longestCoolDownMs: number;
  /** How long to wait for a probe; longer than any delivery takes. */
  readonly probeMs: number;
}

/** The result of asking to send: the next state, and the time to wait before asking again. */
export interface Admission<State> {
  readonly next: State;
  /** 0 when sending is allowed now. */
  readonly waitMs: number;
}

export const closedCircuit: Circuit = { state: "closed", failures: 0 };

/** Asks to send one delivery. After the cool-down, the first to ask becomes the probe. */
export function admitThroughCircuit(circuit: Circuit, { probeMs }: CircuitPolicy, now: number): Admission<Circuit> {
  if (circuit.state === "closed") return { next: circuit, waitMs: 0 };
  if (now < circuit.until) return { next: circuit, waitMs: circuit.until - now };
  return { next: { state: "half-open", until: now + probeMs, coolDownMs: circuit.coolDownMs }, waitMs: 0 };
}

/**
 * Records the outcome of a delivery. A success always closes the circuit. A failure while the circuit is open belongs
 * to an earlier delivery and changes nothing.
 */
export function settleCircuit(circuit: Circuit, succeeded: boolean, policy: CircuitPolicy, now: number): Circuit {
  if (succeeded) return closedCircuit;
  switch (circuit.state) {
    case "open":
      return circuit;
    case "half-open":
      return opened(Math.min(circuit.coolDownMs * 2, policy.longestCoolDownMs), now);
    case "closed": {
      const failures = circuit.failures + 1;
      return failures < policy.failuresToOpen ? { state: "closed", failures } : opened(policy.coolDownMs, now);
    }
  }
}

function opened(coolDownMs: number, now: number): Circuit {
  return { state: "open", until: now + coolDownMs, coolDownMs };
}
