import { createTestDatabase } from "@strategy-executor/db/testing";
import { connectDatabase } from "@strategy-executor/db";
import { expect, it } from "vitest";
import { compareSettings } from "./settings-comparison.ts";
import { startSignals } from "./signals.ts";

it("says once in every process which settings differ", async () => {
  await using test = await createTestDatabase("postgres");
  const long = `MovingAverageCrossover=1,${"x".repeat(200)}`;
  await using first = await start("worker a/1", { TIME: "300000", LIMIT: null, BY_STRATEGY: long, SAME: "1" });
  await using second = await start("api b/2", { TIME: "60000", LIMIT: "5", BY_STRATEGY: long, SAME: "1" });
  await expect.poll(() => second.lines.length).toBe(2);
  await expect.poll(() => first.lines.length).toBe(2);
  expect(first.lines).toEqual([
    "Settings differ between processes: TIME is 300000 here and 60000 in the api b/2",
    "Settings differ between processes: LIMIT is not set here and 5 in the api b/2",
  ]);
  expect(second.lines[1]).toBe("Settings differ between processes: LIMIT is 5 here and not set in the worker a/1");
  await using third = await start("worker c/3", { TIME: "300000", LIMIT: null, BY_STRATEGY: `${long}y`, SAME: "1" });
  await expect.poll(() => third.lines.length).toBe(4);
  expect(third.lines.filter((line) => line.includes("BY_STRATEGY"))).toHaveLength(2);
  await expect.poll(() => first.lines.length).toBe(3);

  async function start(process: string, settings: Record<string, string | null>) {
    await using stack = new AsyncDisposableStack();
    const lines: string[] = [];
    const log = { debug() {}, info() {}, error() {}, warn: (_: object, line: string) => void lines.push(line) };
    const database = stack.use(await connectDatabase(test.options));
    const signals = stack.use(await startSignals(database, log));
    stack.use(compareSettings(signals, log, { process, settings }));
    const started = stack.move();
    return { lines, [Symbol.asyncDispose]: () => started.disposeAsync() };
  }
});
