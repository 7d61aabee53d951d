import type { Execution, ExecutionResult } from "@strategy-executor/client";
import { amount, count, duration, percent, ratio, seconds } from "../../terminal/numbers.ts";
import { clean, paint, print, type Terminal } from "../../terminal/terminal.ts";

const colours = { completed: "green", failed: "red", cancelled: "yellow", running: "cyan", pending: "gray" } as const;

/** Writes the first line about an execution: `Execution 12 completed`. */
export function printState(
  terminal: Terminal,
  { execution_id, status }: Pick<Execution, "execution_id" | "status">,
): void {
  print(terminal, `Execution ${execution_id} ${paint(terminal, colours[status], status)}`);
}

/** Writes the state, parameters and outcome of an execution. */
export function printExecution(terminal: Terminal, execution: Execution): void {
  printState(terminal, execution);
  const { started_at, completed_at, callback, progress, error_message } = execution;
  printPairs(terminal, [
    ["strategy", `${execution.strategy} ${execution.version}`],
    ["label", execution.label],
    ["schedule", execution.schedule_id === null ? null : String(execution.schedule_id)],
    ["retry of", execution.retry_of === null ? null : String(execution.retry_of)],
    ["parameters", parametersText(execution.execution_parameters)],
    ["started", seconds(started_at)],
    ["completed", seconds(completed_at)],
    ["took", started_at !== null && completed_at !== null ? duration(started_at, completed_at) : null],
    ["progress", progress === undefined ? null : `${Math.round(progress.fraction * 100)} % of ${progress.phase}`],
    ["error", error_message ?? null],
    ["callback", callback === null ? null : callbackText(callback)],
  ]);
  if (execution.result !== undefined) printResult(terminal, execution.result);
}

/** Writes the figures and the last decision of a result. */
export function printResult(terminal: Terminal, result: ExecutionResult): void {
  const { metrics, period } = result;
  print(terminal, "");
  printPairs(terminal, [
    ["variant", typeof result.variant === "string" ? result.variant : null],
    [
      "period",
      period === undefined
        ? null
        : `${period.first_day} to ${period.last_day}, ${count(period.trading_days)} trading days`,
    ],
    ["final value", amount(result.final_value)],
    ["return", percent(result.return)],
    ["cagr", shown(metrics?.cagr, percent)],
    ["volatility", shown(metrics?.volatility, percent)],
    ["sharpe", shown(metrics?.sharpe, ratio)],
    ["sortino", shown(metrics?.sortino, ratio)],
    ["max drawdown", shown(metrics?.max_drawdown, percent)],
    ["trades", shown(metrics?.trades, count)],
    ["exposure", shown(metrics?.exposure, percent)],
  ]);
  printDecision(terminal, result);
}

/** Parameters as they are given on the command line. */
export function parametersText(parameters: Readonly<Record<string, unknown>>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(" ");
}

/** The state of a callback in one line. */
export function callbackText(callback: NonNullable<Execution["callback"]>): string {
  const { url, sent, sent_at, response, attempts, max_attempts, next_attempt_at } = callback;
  if (sent) return `delivered ${seconds(sent_at)} to ${url}`;
  const answer =
    response === null ? "" : `: ${"error" in response ? response.error : `answered ${response.status_code}`}`;
  if (next_attempt_at !== null)
    return `attempt ${attempts} of ${max_attempts} failed${answer}; next ${seconds(next_attempt_at)}, to ${url}`;
  return response === null ? `waiting, to ${url}` : `not delivered${answer}, to ${url}`;
}

/** Writes one line per name and value. Names without a value are left out. */
export function printPairs(terminal: Terminal, pairs: readonly (readonly [string, string | null])[]): void {
  const width = Math.max(...pairs.map(([name]) => name.length));
  for (const [name, value] of pairs) {
    if (value !== null && value !== "") print(terminal, `${name.padEnd(width)}  ${clean(value)}`);
  }
}

/** A user's strategy may report anything: only what has the built-in form is shown. */
function printDecision(terminal: Terminal, { portfolio, position }: ExecutionResult): void {
  const decision = asRecord(portfolio) ?? asRecord(position);
  if (decision === null) return;
  const { decided_on, filled_on, mode, because, signal, symbol } = decision;
  const weights = Object.entries(asRecord(decision["weights"]) ?? {}).filter(
    (entry): entry is [string, number] => typeof entry[1] === "number",
  );
  print(terminal, "");
  printPairs(terminal, [
    ["decided on", text(decided_on)],
    ["traded on", text(filled_on) ?? (decided_on === undefined ? null : "not yet")],
    ["mode", text(mode)],
    ["signal", text(signal) === null ? null : `${text(signal)} ${text(symbol) ?? ""}`],
    ["because", text(because)],
  ]);
  for (const [ticker, weight] of weights)
    print(terminal, `  ${clean(ticker).padEnd(8)} ${percent(weight).padStart(7)}`);
}

function shown(value: number | null | undefined, show: (value: number) => string): string | null {
  return value === null || value === undefined ? null : show(value);
}

function text(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function asRecord(value: unknown): Record<string, unknown> | null {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}
