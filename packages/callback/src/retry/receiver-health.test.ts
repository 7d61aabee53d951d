import { describe, expect, it } from "vitest";

import { trackReceiverHealth } from "./receiver-health.ts";
import { answered, refused, timedOut } from "../testing/outcome.ts";

const dead = "https://dead.example";
const well = "https://well.example:8443";

describe("a receiver that does not answer", () => {
  it("gets an open circuit, is probed once, and does not affect other receivers", () => {
    let now = 0;
    const health = trackReceiverHealth({ failuresToOpen: 3, coolDownMs: 1_000, probeMs: 500, now: () => now });
    for (const outcome of [refused, timedOut, answered(503)]) {
      expect(health.admit(dead)).toBe(0);
      expect(health.admit(well)).toBe(0);
      health.settle(dead, outcome);
      health.settle(well, answered(200));
    }
    expect(health.admit(dead)).toBe(1_000);
    expect(health.admit(well)).toBe(0);
    expect(health.list()).toEqual([
      { origin: dead, circuit: { state: "open", until: 1_000, coolDownMs: 1_000 } },
      { origin: well, circuit: { state: "closed", failures: 0 } },
    ]);

    now = 1_000;
    expect([health.admit(dead), health.admit(dead)]).toEqual([0, 500]);
    health.settle(dead, answered(204));
    expect([health.admit(dead), health.admit(dead)]).toEqual([0, 0]);
  });

  it.each([200, 302, 400, 404, 410, 500])("is not a receiver that answers %i", (status) => {
    const health = trackReceiverHealth({ failuresToOpen: 1 });
    health.settle(well, answered(status));
    expect(health.admit(well)).toBe(0);
  });

  it.each([429, 502, 503, 504])("is treated like one that answers %i", (status) => {
    const health = trackReceiverHealth({ failuresToOpen: 1, now: () => 0 });
    health.settle(dead, answered(status));
    expect(health.admit(dead)).toBe(30_000);
  });
});

describe("the rate limit", () => {
  it("applies per receiver", () => {
    const health = trackReceiverHealth({ rateLimit: { perSecond: 10, burst: 2 }, now: () => 0 });
    expect([health.admit(dead), health.admit(dead), health.admit(dead)]).toEqual([0, 0, 100]);
    expect(health.admit(well)).toBe(0);
  });

  it("spends no token while the circuit is open, and no probe while waiting for a token", () => {
    let now = 0;
    const rateLimit = { perSecond: 0.1, burst: 2 };
    const health = trackReceiverHealth({ failuresToOpen: 1, coolDownMs: 1_000, rateLimit, now: () => now });
    expect(health.admit(dead)).toBe(0);
    health.settle(dead, refused);
    expect(health.admit(dead)).toBe(1_000);
    now = 1_000;
    expect(health.admit(dead)).toBe(0);
    health.settle(dead, refused);
    now = 3_000;
    expect(health.admit(dead)).toBe(7_000);
    expect(health.list()).toMatchObject([{ circuit: { state: "open" } }]);
    now = 10_000;
    expect(health.admit(dead)).toBe(0);
  });
});

it("forgets only receivers that were idle for long", () => {
  let now = 0;
  const health = trackReceiverHealth({ coolDownMs: 1_000, longestCoolDownMs: 1_000, now: () => now });
  for (let i = 0; i < 5_000; i++) {
    now = i;
    health.admit(`https://${i}.example`);
  }
  const kept = health.list().map(({ origin }) => origin);
  expect(kept.length).toBeLessThanOrEqual(4_002);
  expect(kept.slice(-2_000)).toEqual(Array.from({ length: 2_000 }, (_, i) => `https://${i + 3_000}.example`));
});
