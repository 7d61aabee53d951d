import type { Outputs } from "@strategy-executor/client";
import { percent, seconds } from "../../terminal/numbers.ts";
import { print, type Terminal } from "../../terminal/terminal.ts";
import { parametersText, printPairs } from "../executions/execution-text.ts";

export type Schedule = Outputs["getSchedule"];

/** Prints a schedule for people: its number first. */
export function printSchedule(terminal: Terminal, schedule: Schedule): void {
  const { schedule_id, name, paused_at, pause_note, callback } = schedule;
  print(terminal, `Schedule ${schedule_id} ${paused_at === null ? "active" : "paused"}`);
  printPairs(terminal, [
    ["name", name],
    ["strategy", schedule.strategy_name],
    ["parameters", parametersText(schedule.parameters)],
    ["when", schedule.description],
    ["next", seconds(schedule.next_at)],
    ["paused", seconds(paused_at)],
    ["note", pause_note],
    ["callback", callback === null ? null : `${callback.url}, ${callback.when}`],
    ["decision", schedule.decision === null ? null : decisionText(schedule.decision)],
    ["decided on", schedule.decided_on],
  ]);
}

/** A decision in one line: `risk_on SPY 50.00% QQQ 50.00%`, or a signal and its symbol. */
export function decisionText(decision: NonNullable<Schedule["decision"]>): string {
  if ("signal" in decision) return `${decision.signal} ${decision.symbol}`;
  const weights = Object.entries(decision.weights).map(([ticker, weight]) => `${ticker} ${percent(weight)}`);
  return [...(decision.mode === null || decision.mode === undefined ? [] : [decision.mode]), ...weights].join(" ");
}
