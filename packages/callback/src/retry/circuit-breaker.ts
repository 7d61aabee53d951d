/** Whether a receiver is sent to. Plain data; times are milliseconds of a clock that never goes back. */
export type Circuit =
  /** It is. */
  | { readonly state: "closed"; readonly failures: number }
  /** It is not, before `until`. */
  | { readonly state: "open"; readonly until: number; readonly coolDownMs: number }
  /** One probe is under way. If nothing is heard of it before `until`, another may be made. */
  | { readonly state: "half-open"; readonly until: number; readonly coolDownMs: number };

export interface CircuitPolicy {
  /** Failures in a row that open the circuit. */
  readonly failuresToOpen: number;
  /** How long it stays open at first; every failed probe doubles it. */
  readonly coolDownMs: number;
  readonly longestCoolDownMs: number;
  /** Longer than any delivery takes. */
  readonly probeMs: number;
}

/** An answer to "may I send now?": the circuit to go on with, and how long to wait before asking again. */
export interface Admission<State> {
  readonly next: State;
  /** 0 when it may be sent now. */
  readonly waitMs: number;
}

export const closedCircuit: Circuit = { state: "closed", failures: 0 };

/** Asks for one delivery. When the cool-down is over, the first that asks becomes the probe. */
export function admitThroughCircuit(circuit: Circuit, { probeMs }: CircuitPolicy, now: number): Admission<Circuit> {
  if (circuit.state === "closed") return { next: circuit, waitMs: 0 };
  if (now < circuit.until) return { next: circuit, waitMs: circuit.until - now };
  return { next: { state: "half-open", until: now + probeMs, coolDownMs: circuit.coolDownMs }, waitMs: 0 };
}

/**
 * Learns what came of a delivery. A success closes the circuit whenever it comes. A failure that comes while the circuit is
 * open belongs to a delivery of before and changes nothing.
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
