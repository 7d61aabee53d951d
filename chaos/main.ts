import { parseArgs } from "node:util";
import { chaosOnEmbedded } from "./on-embedded.ts";
import { chaosOnSchedules } from "./on-schedules.ts";
import { chaosOnPostgres } from "./on-postgres.ts";
import type { Report } from "./report.ts";

/*
 * Injects faults into the service while clients submit, and verifies that no accepted execution is lost, done twice or stuck.
 * See `npm run test:chaos -- --help`.
 */

const { values } = parseArgs({
  options: {
    database: { type: "string", default: "both" },
    seeds: { type: "string" },
    executions: { type: "string" },
    kills: { type: "string" },
    "schedule-kills": { type: "string" },
    quick: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(`npm run test:chaos -- [options]
  --database postgres|pglite|both   where to run; both
  --seeds 1,2,3                     one run on PostgreSQL per seed
  --executions 1000                 submissions per run on PostgreSQL; 0 leaves these runs out
  --kills 12                        of workers, and as many of API processes, per run on PostgreSQL
  --schedule-kills 200              of workers that run schedules, on PostgreSQL; 0 leaves this run out
  --quick                           one short run on each database`);
  process.exit();
}
const { quick, database } = values;
const seeds = (values.seeds ?? (quick ? "1" : "1,2,3")).split(",").map(Number);
const executions = Number(values.executions ?? (quick ? 250 : 1_000));
const kills = Number(values.kills ?? (quick ? 4 : 12));
const scheduleKills = Number(values["schedule-kills"] ?? (quick ? 6 : 200));
const embeddedKills = quick ? 5 : 20;

let violationCount = 0;
if (database !== "pglite" && executions > 0) {
  for (const seed of seeds) {
    await run(`PostgreSQL, seed ${seed}, 2 API processes and 2 workers`, (log) =>
      chaosOnPostgres({ seed, executions, kills, log }),
    );
  }
}
if (database !== "pglite" && scheduleKills > 0) {
  const seed = seeds[0] ?? 1;
  await run(`schedules on PostgreSQL, seed ${seed}, 1 API process and 2 workers`, (log) =>
    chaosOnSchedules({ seed, kills: scheduleKills, log }),
  );
}
if (database !== "postgres") {
  const seed = seeds[0] ?? 1;
  await run(`embedded database, seed ${seed}, 1 process`, (log) =>
    chaosOnEmbedded({ seed, kills: embeddedKills, log }),
  );
}
process.exit(violationCount === 0 ? 0 : 1);

async function run(name: string, chaos: (log: (line: string) => void) => Promise<Report>): Promise<void> {
  const begun = performance.now();
  const seconds = () => Math.round((performance.now() - begun) / 1000);
  console.log(`\nChaos on ${name}`);
  const {
    figures,
    violations,
    logs = {},
  } = await chaos((line) => console.log(`  ${String(seconds()).padStart(4)} s  ${line}`));
  console.table({ ...figures, seconds: seconds() });
  for (const violation of violations.slice(0, 50)) console.log(`  VIOLATION: ${violation}`);
  console.log(
    violations.length === 0 ? "  nothing lost, nothing twice, nothing stuck" : `  ${violations.length} violations`,
  );
  violationCount += violations.length;
  if (violations.length === 0) return;
  for (const [process, lines] of Object.entries(logs)) console.log(`\nLog of ${process}\n${lines.join("\n")}`);
}
