import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTestDatabase } from "@strategy-executor/db/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { executeStrategy, getExecution, getSweep, submitSweep } from "../../operations/index.ts";
import { type Service, startService } from "../../testing/service.ts";

/** Remembers in variables of two files, as users do, and so decides otherwise in a second run of the same instance. */
const forgetful = `
  import { z } from "zod";
  import { defineStrategy } from "@strategy-executor/core";
  import { count } from "./lib/count.ts";
  let isIn = false;
  export const forgetful = defineStrategy({
    name: "Forgetful", version: "1.0.0", description: "Remembers.", source: "A test", parameters: z.object({}),
    schedule: "month-end", defaultFill: "same_close", universe: () => ["SPY"], history: () => ({ months: 0 }),
    decide() {
      if (count() % 5 === 0) isIn = !isIn;
      return { weights: isIn ? { SPY: 1 } : {}, because: "a fifth" };
    },
  });
`;

let folder: string;
let service: Service;
const stack = new AsyncDisposableStack();
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "forgetful-"));
  stack.defer(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, "lib"));
  await writeFile(join(folder, "forgetful.ts"), forgetful);
  await writeFile(join(folder, "lib/count.ts"), "let seen = 0; export const count = () => (seen += 1);");
  const database = stack.use(await createTestDatabase());
  service = stack.use(await startService(database.options, { strategiesDir: folder, threads: 1 }));
});
afterAll(() => stack.disposeAsync());

it("give the same input the same result, run after run in one thread", async () => {
  const results: unknown[] = [];
  for (let run = 0; run < 3; run += 1) {
    const { execution_id } = await executeStrategy.call(service.ctx, { strategy_name: "Forgetful" });
    await expect
      .poll(() => getExecution.call(service.ctx, { execution_id }), { timeout: 20_000, interval: 5 })
      .toMatchObject({ status: "completed" });
    results.push((await getExecution.call(service.ctx, { execution_id })).result);
  }
  expect(results[1]).toEqual(results[0]);
  expect(results[2]).toEqual(results[0]);
});

it("give the same sweep the same figures", async () => {
  const figures: unknown[] = [];
  for (let run = 0; run < 2; run += 1) {
    const sweep = { strategy_name: "Forgetful", grid: { axes: { seed: [1, 2, 3] } } };
    const { execution_id } = await submitSweep.call(service.ctx, sweep);
    await expect
      .poll(() => getSweep.call(service.ctx, { execution_id }), { timeout: 20_000, interval: 5 })
      .toMatchObject({ status: "completed" });
    figures.push((await getExecution.call(service.ctx, { execution_id })).result!.sweep);
  }
  expect(figures[1]).toEqual(figures[0]);
});
