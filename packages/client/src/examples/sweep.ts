import { createClient } from "@strategy-executor/client";

const client = createClient({ url: "http://localhost:8000" });

const grid = { axes: { short_window: [5, 10, 20], long_window: [50, 100] } };
const sweep = await client.sweeps.submitAndWait(
  { strategy_name: "MovingAverageCrossover", grid, objective: "calmar" },
  { signal: AbortSignal.timeout(60_000) },
);
const { rows } = await client.sweeps.table(sweep.execution_id, { limit: 100 });
console.log(`sweep ${sweep.execution_id}: ${rows.length} of ${sweep.combinations} combinations`);
