import fc from "fast-check";
import { expect, it } from "vitest";
import { oneAtATime } from "./one-at-a-time.ts";

it("never overlaps, and after each call begins a run that the call waits for", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 20 }),
      async (scheduler, pauses) => {
        let [running, begun, ended] = [0, 0, 0];
        const run = oneAtATime(async () => {
          running += 1;
          begun += 1;
          expect(running).toBe(1);
          await scheduler.schedule(Promise.resolve());
          running -= 1;
          ended += 1;
        });
        const calls = pauses.map(async (pause) => {
          for (let turn = 0; turn < pause; turn += 1) await scheduler.schedule(Promise.resolve());
          const before = begun;
          await run();
          expect(ended).toBeGreaterThan(before);
        });
        await scheduler.waitFor(Promise.all(calls));
        expect(begun).toBeLessThanOrEqual(pauses.length);
        expect(ended).toBe(begun);
      },
    ),
  );
});
