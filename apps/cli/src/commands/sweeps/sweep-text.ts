import type { Sweep, SweepReport } from "@strategy-executor/client";
import { printHeatMap } from "../../terminal/heat-map.ts";
import { amount, count, percent, ratio } from "../../terminal/numbers.ts";
import { type Column, printRows } from "../../terminal/table.ts";
import { print, type Terminal } from "../../terminal/terminal.ts";
import { parametersText, printPairs, printState } from "../executions/execution-text.ts";

type Ranked = SweepReport["best"][number];

/** Writes a sweep: its best combinations, the walk-forward and, on a terminal, the heat map. */
export function printSweep(terminal: Terminal, sweep: Sweep): void {
  printState(terminal, sweep);
  printPairs(terminal, [
    ["strategy", `${sweep.strategy} ${sweep.version}`],
    ["parameters", parametersText(sweep.parameters)],
    ["objective", sweep.objective],
    ["combinations", count(sweep.combinations)],
    ["evaluated", count(sweep.evaluated)],
    ["invalid", count(sweep.invalid)],
    ["failed", count(sweep.failed)],
    ["error", sweep.error_message ?? null],
  ]);
  const report = sweep.result?.sweep;
  if (report === undefined) return;
  if (report.failure !== null) printPairs(terminal, [["first failure", report.failure]]);
  print(terminal, "");
  printBest(terminal, report.best);
  if (report.walk_forward !== null) printWalkForward(terminal, report.walk_forward, report.objective);
  if (report.heat_map !== null) {
    print(terminal, "");
    printHeatMap(terminal, report.heat_map, report.objective);
  }
}

function printBest(terminal: Terminal, best: readonly Ranked[]): void {
  const names = Object.keys(best[0]?.parameters ?? {});
  const columns: Column<Ranked>[] = [
    { head: "rank", value: (row) => best.indexOf(row) + 1 },
    ...names.map((name): Column<Ranked> => ({ head: name, value: ({ parameters }) => parameters[name] })),
    { head: "sharpe", value: ({ metrics }) => metrics.sharpe, show: ratio },
    { head: "return", value: ({ metrics }) => metrics.return, show: percent },
    { head: "cagr", value: ({ metrics }) => metrics.cagr, show: percent },
    { head: "max_drawdown", value: ({ metrics }) => metrics.max_drawdown, show: percent },
    { head: "calmar", value: ({ metrics }) => metrics.calmar, show: ratio },
    { head: "trades", value: ({ metrics }) => metrics.trades, show: count },
    { head: "final_value", value: ({ metrics }) => metrics.final_value, show: amount },
  ];
  printRows(terminal, {}, { answer: null, columns, rows: best });
}

function printWalkForward(
  terminal: Terminal,
  { windows, return: total }: NonNullable<SweepReport["walk_forward"]>,
  objective: SweepReport["objective"],
): void {
  type Window = (typeof windows)[number];
  const columns: Column<Window>[] = [
    { head: "test_from", value: ({ test }) => test.start_date },
    { head: "test_to", value: ({ test }) => test.end_date },
    { head: "parameters", value: ({ parameters }) => (parameters === null ? null : parametersText(parameters)) },
    { head: `train_${objective}`, value: ({ train_metrics }) => train_metrics?.[objective], show: ratio },
    { head: `test_${objective}`, value: ({ test_metrics }) => test_metrics?.[objective], show: ratio },
    { head: "test_return", value: ({ test_metrics }) => test_metrics?.return, show: percent },
  ];
  print(terminal, "");
  printRows(terminal, {}, { answer: null, columns, rows: windows });
  if (total !== null) print(terminal, `Walk-forward return ${percent(total)}`);
}
