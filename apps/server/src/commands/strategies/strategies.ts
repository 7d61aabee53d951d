import { loadStrategies, runStrategy, type Strategy, strategyInstances } from "@strategy-executor/core";
import type { Command } from "commander";
import { toTable } from "../operator/text-table.ts";
import { type Terminal, writeLine } from "../operator/terminal.ts";

/** `npm run strategies`: checks modules of strategies without a server. */
export function strategies(command: Command, terminal: Terminal): void {
  command.name("strategies").description("Checks strategies of your own.");

  command
    .command("check")
    .description("Loads every module of a folder and runs each strategy on the synthetic market, with its defaults.")
    .argument("<dir>", "a folder as in STRATEGIES_DIR")
    .action((dir: string) => check(dir, terminal));
}

/** @throws Error when a module is refused or a strategy fails */
async function check(dir: string, { output, errors }: Terminal): Promise<void> {
  const { strategies: found, sources, refused } = await loadStrategies(dir);
  const { instanceOf } = strategyInstances(sources);
  const checked = await Promise.all(found.map((strategy) => runOnce(strategy, instanceOf)));
  writeLine(output, toTable(checked.map(({ row }) => row)));
  for (const { file, reason } of refused) writeLine(errors, `${file} is refused: ${reason}`);
  const faults = refused.length + checked.filter(({ isSound }) => !isSound).length;
  if (faults > 0) throw new Error(`${faults} ${faults === 1 ? "fault" : "faults"} found`);
  if (found.length === 0) throw new Error("The folder holds no strategy");
}

async function runOnce(
  { name, version }: Strategy,
  instanceOf: (name: string) => Promise<Strategy>,
): Promise<{ isSound: boolean; row: string[] }> {
  try {
    const { result, series } = await runStrategy(await instanceOf(name), {}, noMarket);
    const { first_day: first, last_day: last } = result.period;
    const count = series.weights.length;
    const decisions = `${count} ${count === 1 ? "decision" : "decisions"}`;
    return { isSound: true, row: [name, version, "runs", decisions, `${first} to ${last}`] };
  } catch (error) {
    return { isSound: false, row: [name, version, "fails", error instanceof Error ? error.message : String(error)] };
  }
}

const noMarket = { load: () => Promise.reject(new Error("A check runs on the synthetic market")) };
