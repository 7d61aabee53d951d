import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { availableParallelism, cpus, totalmem } from "node:os";
import { parseArgs } from "node:util";
import { live } from "./live.ts";

export interface BenchOptions {
  readonly database: "pglite" | "postgres";
}

/** What was measured, by a name that holds the unit. */
export type Figures = Readonly<Record<string, number>>;

const benches: Readonly<Record<string, (options: BenchOptions) => Promise<Figures>>> = { live };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { database: { type: "string", default: "postgres" }, repeat: { type: "string", default: "3" } },
});
const database = values.database;
if (database !== "pglite" && database !== "postgres") throw new Error(`--database ${database}: pglite or postgres`);
const names = positionals.length > 0 ? positionals : Object.keys(benches);
const unknown = names.find((name) => benches[name] === undefined);
if (unknown !== undefined) throw new Error(`No bench ${unknown}. There are: ${Object.keys(benches).join(", ")}`);

const runs: { bench: string; figures: Figures }[] = [];
for (let round = 0; round < Number(values.repeat); round += 1) {
  for (const bench of names) runs.push({ bench, figures: await benches[bench]!({ database }) });
}
for (const bench of names) {
  const own = runs.filter((run) => run.bench === bench).map(({ figures }) => figures);
  console.log(`\n${bench} on ${database}, ${own.length} runs`);
  console.table(
    Object.fromEntries(Object.keys(own[0] ?? {}).map((name) => [name, spread(own.map((figures) => figures[name]!))])),
  );
}
await mkdir(new URL("results/", import.meta.url), { recursive: true });
const file = new URL(`results/${names.join("-")}-${database}.json`, import.meta.url);
await writeFile(file, `${JSON.stringify({ ...surroundings(), database, runs }, null, 2)}\n`);
console.log(`Written to bench/results/${names.join("-")}-${database}.json`);

function spread(measured: readonly number[]) {
  const sorted = measured.toSorted((a, b) => a - b);
  return { median: sorted[Math.floor(sorted.length / 2)], least: sorted[0], most: sorted.at(-1) };
}

function surroundings() {
  return {
    at: new Date().toISOString(),
    commit: execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim(),
    node: process.version,
    cores: availableParallelism(),
    cpu: cpus()[0]?.model,
    memory_gb: Math.round(totalmem() / 2 ** 30),
  };
}
