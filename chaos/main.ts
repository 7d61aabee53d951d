import { parseArgs } from "node:util";
import { chaosOnEmbedded } from "./on-embedded.ts";
import { chaosOnPostgres } from "./on-postgres.ts";
import type { Report } from "./report.ts";

/*
 * Kills processes of the service at random while clients submit, and proves that nothing that was accepted is lost, done twice
 * or stuck. See `npm run test:chaos -- --help`.
 */

const { values } = parseArgs({
  options: {
    database: { type: "string", default: "both" },
    seeds: { type: "string" },
    executions: { type: "string" },
    kills: { type: "string" },
    quick: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(`npm run test:chaos -- [options]
  --database postgres|pglite|both   where; both
  --seeds 1,2,3                     one run on PostgreSQL for each
  --executions 1000                 submissions of a run on PostgreSQL
  --kills 12                        of workers, and as many of processes that accept, in a run on PostgreSQL
  --quick                           one short run on each database`);
  process.exit();
}
const { quick, database } = values;
const seeds = (values.seeds ?? (quick ? "1" : "1,2,3")).split(",").map(Number);
const executions = Number(values.executions ?? (quick ? 250 : 1_000));
const kills = Number(values.kills ?? (quick ? 4 : 12));
const embeddedKills = quick ? 5 : 20;

let bad = 0;
if (database !== "pglite") {
  for (const seed of seeds) {
    await run(`PostgreSQL, seed ${seed}, 2 processes that accept and 2 that work`, (tell) =>
      chaosOnPostgres({ seed, executions, kills, tell }),
    );
  }
}
if (database !== "postgres") {
  const seed = seeds[0] ?? 1;
  await run(`embedded database, seed ${seed}, 1 process`, (tell) =>
    chaosOnEmbedded({ seed, kills: embeddedKills, tell }),
  );
}
process.exit(bad === 0 ? 0 : 1);

async function run(name: string, chaos: (tell: (line: string) => void) => Promise<Report>): Promise<void> {
  const begun = performance.now();
  const seconds = () => Math.round((performance.now() - begun) / 1000);
  console.log(`\nChaos on ${name}`);
  const { figures, violations } = await chaos((line) => console.log(`  ${String(seconds()).padStart(4)} s  ${line}`));
  console.table({ ...figures, seconds: seconds() });
  for (const violation of violations.slice(0, 50)) console.log(`  VIOLATION: ${violation}`);
  console.log(
    violations.length === 0 ? "  nothing lost, nothing twice, nothing stuck" : `  ${violations.length} violations`,
  );
  bad += violations.length;
}
