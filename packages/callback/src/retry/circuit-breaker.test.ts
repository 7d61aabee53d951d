import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  type Circuit,
  type CircuitPolicy,
  closedCircuit,
  admitThroughCircuit,
  settleCircuit,
} from "./circuit-breaker.ts";

const policy: CircuitPolicy = { failuresToOpen: 3, coolDownMs: 1_000, longestCoolDownMs: 3_000, probeMs: 500 };

function fail(circuit: Circuit, now: number): Circuit {
  return settleCircuit(circuit, false, policy, now);
}

const opened = [1, 2, 3].reduce((circuit) => fail(circuit, 0), closedCircuit);

describe("a circuit", () => {
  it("opens after consecutive failures; a success resets the count", () => {
    const twice = fail(fail(closedCircuit, 0), 0);
    expect(twice).toEqual({ state: "closed", failures: 2 });
    expect(settleCircuit(twice, true, policy, 0)).toEqual(closedCircuit);
    expect(admitThroughCircuit(twice, policy, 0).waitMs).toBe(0);
    expect(fail(twice, 0)).toEqual({ state: "open", until: 1_000, coolDownMs: 1_000 });
  });

  it("lets one probe through after the cool-down and closes when it succeeds", () => {
    expect(admitThroughCircuit(opened, policy, 400).waitMs).toBe(600);
    const probing = admitThroughCircuit(opened, policy, 1_000);
    expect(probing).toEqual({ waitMs: 0, next: { state: "half-open", until: 1_500, coolDownMs: 1_000 } });
    expect(admitThroughCircuit(probing.next, policy, 1_100).waitMs).toBe(400);
    expect(settleCircuit(probing.next, true, policy, 1_200)).toEqual(closedCircuit);
  });

  it("doubles the cool-down after each failed probe, up to the maximum", () => {
    let circuit = opened;
    const coolDowns: number[] = [];
    for (let now = 1_000; coolDowns.length < 4; now += 10_000) {
      circuit = fail(admitThroughCircuit(circuit, policy, now).next, now);
      coolDowns.push(admitThroughCircuit(circuit, policy, now).waitMs);
    }
    expect(coolDowns).toEqual([2_000, 3_000, 3_000, 3_000]);
  });

  it("lets another probe through when one never reports", () => {
    const lost = admitThroughCircuit(opened, policy, 1_000).next;
    expect(admitThroughCircuit(lost, policy, 1_500)).toMatchObject({
      waitMs: 0,
      next: { state: "half-open", until: 2_000 },
    });
  });

  it("ignores failures of earlier deliveries while open, and closes when one of them succeeds", () => {
    expect(fail(opened, 900)).toEqual(opened);
    expect(settleCircuit(opened, true, policy, 900)).toEqual(closedCircuit);
  });
});

it("always holds its invariants: bounded failures while closed, one probe at a time, finite waits", () => {
  const step = fc.record({
    elapsedMs: fc.nat(2_000),
    what: fc.constantFrom("ask" as const, "success" as const, "failure" as const),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      let circuit = closedCircuit;
      let now = 0;
      let inARow = 0;
      let probeUntil = 0;
      for (const { elapsedMs, what } of steps) {
        now += elapsedMs;
        if (what === "ask") {
          const { next, waitMs } = admitThroughCircuit(circuit, policy, now);
          expect(waitMs).toBeGreaterThanOrEqual(0);
          expect(waitMs).toBeLessThanOrEqual(policy.longestCoolDownMs);
          expect(admitThroughCircuit(circuit, policy, now + waitMs).waitMs).toBe(0);
          if (waitMs > 0) expect(next).toBe(circuit);
          if (waitMs === 0 && circuit.state !== "closed") {
            expect(now).toBeGreaterThanOrEqual(probeUntil);
            probeUntil = now + policy.probeMs;
          }
          circuit = next;
        } else {
          inARow = what === "success" ? 0 : inARow + 1;
          circuit = settleCircuit(circuit, what === "success", policy, now);
          if (circuit.state !== "half-open") probeUntil = 0;
        }
        expect(circuit.state === "closed").toBe(inARow < policy.failuresToOpen);
      }
    }),
  );
});
