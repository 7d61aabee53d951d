import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { grouped } from "./batch-writer.ts";

describe("grouped", () => {
  it("gives everyone its own answer, takes what gathers together, and tries each alone when one is at fault", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ value: fc.nat(), key: fc.nat({ max: 30 }), bad: fc.boolean(), later: fc.boolean() }), {
          maxLength: 40,
        }),
        fc.integer({ min: 1, max: 7 }),
        async (items, most) => {
          let underWay = 0;
          const write = grouped(
            async (group: readonly { readonly value: number; readonly key: number; readonly bad: boolean }[]) => {
              underWay += 1;
              expect(underWay).toBe(1);
              expect(group.length).toBeLessThanOrEqual(most);
              expect(new Set(group.map(({ key }) => key)).size).toBe(group.length);
              await new Promise((resolve) => setImmediate(resolve));
              underWay -= 1;
              if (group.some(({ bad }) => bad)) throw new Error("one is bad");
              return group.map(({ value }) => value * 2);
            },
            { most, splits: () => true, keyOf: ({ key }) => key },
          );
          const answers: Promise<number>[] = [];
          for (const item of items) {
            if (item.later) await new Promise((resolve) => setImmediate(resolve));
            const answer = write(item);
            answer.catch(() => undefined);
            answers.push(answer);
          }
          const settled = await Promise.allSettled(answers);
          expect(settled.map((outcome) => (outcome.status === "fulfilled" ? outcome.value : "failed"))).toEqual(
            items.map(({ value, bad }) => (bad ? "failed" : value * 2)),
          );
        },
      ),
    );
  });

  it("fails all of a group whose failure is nobody's fault, once", async () => {
    let calls = 0;
    const write = grouped(
      async (_items: readonly number[]): Promise<number[]> => {
        calls += 1;
        throw new Error("no database");
      },
      { most: 10, splits: () => false },
    );
    const outcomes = await Promise.allSettled([write(1), write(2), write(3)]);
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
    expect(calls).toBe(1);
  });
});
