import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const program = `
  import { loadStrategies } from ${JSON.stringify(new URL("./loader.ts", import.meta.url).href)};
  import { strategyInstances } from ${JSON.stringify(new URL("./strategy-instances.ts", import.meta.url).href)};
  import { runStrategy } from ${JSON.stringify(new URL("../../backtest/run-strategy.ts", import.meta.url).href)};
  const { sources } = await loadStrategies(process.argv[2]);
  const { instanceOf } = strategyInstances(sources);
  let sum = 0;
  for (let run = 0; run < 1_000; run += 1) {
    const { result } = await runStrategy(await instanceOf("Hoarder"), { start_date: "2024-06-01" }, undefined);
    sum += result.final_value > 0 ? 1 : 0;
    // A thread gets its tasks one by one.
    await new Promise(setImmediate);
  }
  console.log(sum);
`;

const hoarder = `
  import { z } from "zod";
  import { defineStrategy } from "@strategy-executor/core";
  const table = Array.from({ length: 50_000 }, (_, index) => ({ index }));
  const seen = [];
  export const made = defineStrategy({
    name: "Hoarder", version: "1.0.0", description: "Keeps all it sees.", source: "A test",
    parameters: z.object({ size: z.int().default(1).meta({ id: "Size", description: "A schema with an id." }) }),
    schedule: "month-end", defaultFill: "same_close", universe: () => ["SPY"], history: () => ({ months: 0 }),
    decide: (view) => { seen.push(table.slice()); return { weights: { SPY: 1 }, because: view.day }; },
  });
`;

it("are freed: 1,000 runs of a strategy that keeps megabytes in its variables fit in a heap of 96 MB", async () => {
  const folder = await mkdtemp(join(tmpdir(), "instances-"));
  try {
    const strategies = join(folder, "strategies");
    await mkdir(strategies);
    await writeFile(join(strategies, "hoarder.js"), hoarder);
    // Beside the strategies, where it is not loaded as one.
    await writeFile(join(folder, "program.mjs"), program);
    const { stdout } = await promisify(execFile)(process.execPath, [
      "--max-old-space-size=96",
      join(folder, "program.mjs"),
      strategies,
    ]);
    expect(stdout.trim()).toBe("1000");
  } finally {
    await rm(folder, { recursive: true });
  }
}, 300_000);
