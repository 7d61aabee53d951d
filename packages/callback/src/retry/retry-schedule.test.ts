import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { DeliveryOutcome } from "../deliver/deliver.ts";
import { decideRetry, type RetryPolicy, type RetryState, suggestedRetries } from "./retry-schedule.ts";
import { answered, refused, timedOut } from "../testing/outcome.ts";

const now = Date.parse("2026-11-24T12:00:00Z");

function decide(outcome: DeliveryOutcome, more: Partial<RetryState> = {}, policy: RetryPolicy = suggestedRetries) {
  return decideRetry(policy, { attempt: 1, outcome, random: 0.5, now, ...more });
}

/** The wait in seconds without jitter. */
function secondsAfter(outcome: DeliveryOutcome, more?: Partial<RetryState>, policy?: RetryPolicy): number {
  const decision = decide(outcome, more, policy);
  return decision.kind === "again" ? decision.afterMs / 1000 : Number.NaN;
}

describe("it stops", () => {
  it.each([200, 201, 204, 299])("with a %i", (status) => {
    expect(decide(answered(status))).toEqual({ kind: "ended", because: "delivered" });
  });

  it("with a 410, by which the receiver unsubscribes", () => {
    expect(decide(answered(410, { "Retry-After": "5" }))).toEqual({ kind: "ended", because: "gone" });
  });

  it("when the attempts are used up; the last one may still deliver", () => {
    expect(decide(refused, { attempt: 9 })).toMatchObject({ kind: "again" });
    expect(decide(refused, { attempt: 10 })).toEqual({ kind: "ended", because: "attempts used up" });
    expect(decide(answered(200), { attempt: 10 })).toEqual({ kind: "ended", because: "delivered" });
    expect(decide(refused, {}, { maxAttempts: 1, waits: [5_000] })).toMatchObject({ kind: "ended" });
  });
});

describe("it continues", () => {
  it.each([301, 302, 307, 308, 400, 401, 404, 409, 500, 503])("after a %i like after any failure", (status) => {
    expect(secondsAfter(answered(status, { Location: "http://10.0.0.1/" }))).toBe(5);
  });

  it("after the waits that Standard Webhooks suggests", () => {
    const waits = Array.from({ length: 9 }, (_, i) => secondsAfter(refused, { attempt: i + 1 }));
    expect(waits).toEqual([5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]);
  });

  it("after waits that grow by a factor up to the maximum", () => {
    const policy = { maxAttempts: 2_000, waits: { firstMs: 1_000, factor: 3, longestMs: 60_000 } };
    const waits = [1, 2, 3, 4, 5, 1_999].map((attempt) => secondsAfter(refused, { attempt }, policy));
    expect(waits).toEqual([1, 3, 9, 27, 60, 60]);
  });

  it("repeats the last wait of a list", () => {
    const policy = { maxAttempts: 5, waits: [1_000, 2_000] };
    expect([1, 2, 3, 4].map((attempt) => secondsAfter(refused, { attempt }, policy))).toEqual([1, 2, 2, 2]);
    expect(secondsAfter(refused, {}, { maxAttempts: 2, waits: [] })).toBe(0);
  });
});

describe("it waits longer", () => {
  it.each<[string, DeliveryOutcome, number, number]>([
    ["a timeout", timedOut, 60, 300],
    ["429", answered(429), 60, 300],
    ["502", answered(502), 60, 600],
    ["504", answered(504), 60, 600],
  ])("after %s", (_what, outcome, first, second) => {
    expect(secondsAfter(outcome)).toBe(first);
    expect(secondsAfter(outcome, { random: 0 })).toBe(first);
    expect(secondsAfter(outcome, { attempt: 2 })).toBe(second);
  });
});

describe("Retry-After", () => {
  const policy = { maxAttempts: 3, waits: [100_000] };

  it.each([
    ["0", 100],
    ["99", 100],
    ["150", 150],
    ["201", 200],
    ["9".repeat(400), 200],
    ["Tue, 24 Nov 2026 12:02:30 GMT", 150],
    ["Tue, 24 Nov 2026 11:00:00 GMT", 100],
    ["Tue, 24 Nov 2027 12:00:00 GMT", 200],
  ])("%s is honoured within one and two times the wait", (value, seconds) => {
    const after = (random: number) => secondsAfter(answered(503, { "Retry-After": value }), { random }, policy);
    expect(after(0)).toBe(seconds);
    expect(after(0.5)).toBeCloseTo(Math.min(seconds * 1.1, 200));
  });

  it.each([
    "",
    "soon",
    "-1",
    "1.5",
    "150, 150",
    "Tue, 24 Nov 2026",
    "2026-11-24T12:02:30Z",
    "Tue, 99 Nov 2026 12:02:30 GMT",
  ])("%j is none", (value) => {
    expect(secondsAfter(answered(503, { "Retry-After": value }), { random: 0 }, policy)).toBe(80);
  });

  it("counts from the longer wait after a 429", () => {
    const after = (value: string) => secondsAfter(answered(429, { "Retry-After": value }), { random: 0 });
    expect([after("1"), after("90"), after("3600")]).toEqual([60, 90, 120]);
  });
});

describe("for any outcome", () => {
  const ms = fc.integer({ min: 0, max: 100_000_000 });
  const policy: fc.Arbitrary<RetryPolicy> = fc.record({
    maxAttempts: fc.integer({ min: 1, max: 20 }),
    waits: fc.oneof(
      fc.array(ms, { minLength: 1 }),
      fc.record({ firstMs: ms, factor: fc.double({ min: 1, max: 10, noNaN: true }), longestMs: ms }),
    ),
  });
  const header = fc.oneof(
    fc.constant({}),
    fc
      .oneof(
        fc.nat(1_000_000).map(String),
        fc.string(),
        ms.map((later) => new Date(now + later).toUTCString()),
      )
      .map((value) => ({ "Retry-After": value })),
  );
  const outcome = fc.oneof(
    fc.constantFrom(refused, timedOut),
    fc
      .tuple(fc.oneof(fc.integer({ min: 100, max: 599 }), fc.constantFrom(429, 502, 503, 504)), header)
      .map(([status, headers]) => answered(status, headers)),
  );
  const state = fc.record({
    attempt: fc.integer({ min: 1, max: 25 }),
    outcome,
    random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    now: fc.constant(now),
  });

  /** The wait of the policy alone. */
  function baseMs({ waits }: RetryPolicy, attempt: number): number {
    const plain = decideRetry({ maxAttempts: 99, waits }, { attempt, outcome: refused, random: 0.5, now });
    return plain.kind === "again" ? plain.afterMs : Number.NaN;
  }

  it("the jitter stays within 20 %, a Retry-After within one and two waits, and the pauses are kept", () => {
    fc.assert(
      fc.property(policy, state, (given, last) => {
        const decision = decideRetry(given, last);
        const status = last.outcome.kind === "answered" ? last.outcome.statusCode : 0;
        const isOver = (status >= 200 && status < 300) || status === 410 || last.attempt >= given.maxAttempts;
        expect(decision.kind).toBe(isOver ? "ended" : "again");
        if (decision.kind === "ended") return;

        const isSlow = last.outcome === timedOut || [429, 502, 504].includes(status);
        const minMs = isSlow ? 60_000 : 0;
        const waitMs = Math.max(baseMs(given, last.attempt) * ([502, 504].includes(status) ? 2 : 1), minMs);
        // One unit for each of two roundings: the wait compared with, and the decision.
        expect(decision.afterMs).toBeGreaterThanOrEqual(Math.max(waitMs * 0.8 - 2, minMs));
        const asks = last.outcome.kind === "answered" && "Retry-After" in last.outcome.headers;
        expect(decision.afterMs).toBeLessThanOrEqual(waitMs * (asks ? 2 : 1.2) + 3);
        expect(Number.isInteger(decision.afterMs)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it("no retry comes before a Retry-After that is within bounds", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1_000, max: 2_000 }), state, (seconds, last) => {
        const asked = answered(503, { "Retry-After": String(seconds) });
        const decision = decideRetry({ maxAttempts: 99, waits: [1_000_000] }, { ...last, outcome: asked });
        expect(decision).toMatchObject({ kind: "again" });
        if (decision.kind === "again") expect(decision.afterMs).toBeGreaterThanOrEqual(seconds * 1000);
      }),
    );
  });
});
