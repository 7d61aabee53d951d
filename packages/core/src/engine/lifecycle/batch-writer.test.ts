import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { batchWriter, maxBatchBytes } from "./batch-writer.ts";

describe("batchWriter", () => {
  it("answers each item, writes queued items together, and tries each alone when one may be at fault", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ value: fc.nat(), key: fc.nat({ max: 30 }), bad: fc.boolean(), later: fc.boolean() }), {
          maxLength: 40,
        }),
        fc.integer({ min: 1, max: 7 }),
        async (items, maxItems) => {
          let running = 0;
          const write = batchWriter(
            async (batch: readonly { readonly value: number; readonly key: number; readonly bad: boolean }[]) => {
              running += 1;
              expect(running).toBe(1);
              expect(batch.length).toBeLessThanOrEqual(maxItems);
              expect(new Set(batch.map(({ key }) => key)).size).toBe(batch.length);
              await new Promise((resolve) => setImmediate(resolve));
              running -= 1;
              if (batch.some(({ bad }) => bad)) throw new Error("one is bad");
              return batch.map(({ value }) => value * 2);
            },
            { maxItems, retriesAlone: () => true, keyOf: ({ key }) => key },
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

  it("fails a whole batch at once when no item is at fault", async () => {
    let calls = 0;
    const write = batchWriter(
      async (_items: readonly number[]): Promise<number[]> => {
        calls += 1;
        throw new Error("no database");
      },
      { maxItems: 10, retriesAlone: () => false },
    );
    const outcomes = await Promise.allSettled([write(1), write(2), write(3)]);
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
    expect(calls).toBe(1);
  });

  it("bounds the bytes of a batch, and writes a larger item alone", async () => {
    const batches: number[][] = [];
    const write = batchWriter(
      async (sizes: readonly number[]) => {
        batches.push([...sizes]);
        return sizes;
      },
      { retriesAlone: () => false, bytesOf: (size) => size * maxBatchBytes },
    );
    await Promise.all([0.5, 0.5, 0.5, 3, 0.2, 0.3].map(write));
    expect(batches).toEqual([[0.5, 0.5], [0.5, 0.2, 0.3], [3]]);
  });

  it("reads the key and the size of an item once, however many batches it waits for", async () => {
    let read = 0;
    const count = (): number => (read += 1) && 1;
    const write = batchWriter(async (items: readonly string[]) => items, {
      retriesAlone: () => false,
      keyOf: count,
      bytesOf: count,
    });
    await Promise.all(Array.from({ length: 30 }, (_, item) => write(String(item))));
    expect(read).toBe(60);
  });

  it("writes beside a batch that hangs, and waits while too many do", async () => {
    const begun: number[] = [];
    const ends: (() => void)[] = [];
    const write = batchWriter(
      async (items: readonly number[]) => {
        begun.push(...items);
        await new Promise<void>((resolve) => ends.push(resolve));
        return items;
      },
      { retriesAlone: () => false, hangMs: 1 },
    );
    const answers: Promise<number>[] = [];
    for (const item of [1, 2, 3]) {
      answers.push(write(item));
      await expect.poll(() => begun).toContain(item);
    }
    answers.push(write(4), write(5));
    ends[1]!();
    expect(await answers[1]).toBe(2);
    await expect.poll(() => begun).toEqual([1, 2, 3, 4, 5]);
    for (const end of ends) end();
    expect(await Promise.all(answers)).toEqual([1, 2, 3, 4, 5]);
  });
});
