import * as fc from "fast-check";
import { expect, it } from "vitest";

import { fullBucket, takeToken } from "./token-bucket.ts";

const limit = fc.record({
  perSecond: fc.double({ min: 0.01, max: 1_000, noNaN: true }),
  burst: fc.integer({ min: 1, max: 50 }),
});

it("admits a burst, then one for each refilled token", () => {
  const rate = { perSecond: 2, burst: 3 };
  let bucket = fullBucket;
  const waits = [0, 0, 0, 0, 499, 500, 500, 10_000, 10_000, 10_000, 10_000].map((now) => {
    const { next, waitMs } = takeToken(bucket, rate, now);
    bucket = next;
    return waitMs;
  });
  expect(waits).toEqual([0, 0, 0, 500, 1, 0, 500, 0, 0, 0, 500]);
});

it("admits in any period at most the burst plus what the rate allows", () => {
  fc.assert(
    fc.property(limit, fc.array(fc.nat(3_000), { maxLength: 200 }), (rate, gaps) => {
      let bucket = fullBucket;
      let now = 0;
      const passed: number[] = [];
      for (const gap of gaps) {
        now += gap;
        const { next, waitMs } = takeToken(bucket, rate, now);
        bucket = next;
        if (waitMs === 0) passed.push(now);
      }
      const tooMany = passed.flatMap((from, i) =>
        passed.slice(i).filter((to, more) => more + 1 > rate.burst + ((to - from) * rate.perSecond) / 1000 + 1e-6),
      );
      expect(tooMany).toEqual([]);
    }),
  );
});

it("admits a caller exactly after the returned wait", () => {
  // Rates with a whole number of milliseconds per token, so that nothing is rounded.
  const perSecond = fc.constantFrom(0.1, 0.25, 0.5, 1, 2, 5, 8, 20, 50, 125, 500, 1_000);
  fc.assert(
    fc.property(perSecond, fc.integer({ min: 1, max: 50 }), fc.nat(), (each, burst, now) => {
      const rate = { perSecond: each, burst };
      let bucket = fullBucket;
      for (let i = 0; i < rate.burst; i++) bucket = takeToken(bucket, rate, now).next;
      const { next, waitMs } = takeToken(bucket, rate, now);
      expect(waitMs).toBeGreaterThan(0);
      expect(takeToken(next, rate, now + waitMs - 1).waitMs).toBeGreaterThan(0);
      expect(takeToken(next, rate, now + waitMs).waitMs).toBe(0);
    }),
  );
});
