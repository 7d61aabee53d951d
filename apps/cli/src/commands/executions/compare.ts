import type { Execution } from "@strategy-executor/client";
import type { Command } from "commander";
import { UsageError } from "../../connection/failure.ts";
import type { Session } from "../../connection/session.ts";
import { toExecutionIds } from "../../input/arguments.ts";
import { amount, count, percent, ratio } from "../../terminal/numbers.ts";
import { type Column, type Format, printRows } from "../../terminal/table.ts";
import { withFormats } from "../format-options.ts";

/** `compare ID…`: figures side by side, and the parameters that differ. */
export function addCompare(program: Command, session: Session): void {
  withFormats(program.command("compare"))
    .description("Compares completed executions: their figures, and the parameters that differ.")
    .argument("<ids...>", "2 to 8 numbers", toExecutionIds)
    .action((ids: readonly number[], options: Format) => compare(session, ids, options));
}

async function compare({ terminal, connect }: Session, ids: readonly number[], options: Format): Promise<void> {
  const wanted = [...new Set(ids)];
  if (wanted.length < 2 || wanted.length > 8) throw new UsageError("Give 2 to 8 executions");
  const { client, call } = await connect();
  const executions = await Promise.all(wanted.map((id) => client.executions.get(id, call())));
  printRows(terminal, options, { answer: executions, columns: columnsFor(executions), rows: executions });
}

function columnsFor(executions: readonly Execution[]): Column<Execution>[] {
  return [
    { head: "execution_id", value: ({ execution_id }) => execution_id },
    { head: "status", value: ({ status }) => status },
    { head: "strategy", value: ({ strategy }) => strategy },
    ...differingParameters(executions).map((name): Column<Execution> => ({
      head: name,
      value: ({ execution_parameters: parameters }) => toValue(parameters[name]),
    })),
    { head: "final_value", value: ({ result }) => result?.final_value, show: amount },
    { head: "return", value: ({ result }) => result?.return, show: percent },
    { head: "cagr", value: ({ result }) => result?.metrics?.cagr, show: percent },
    { head: "volatility", value: ({ result }) => result?.metrics?.volatility, show: percent },
    { head: "sharpe", value: ({ result }) => result?.metrics?.sharpe, show: ratio },
    { head: "max_drawdown", value: ({ result }) => result?.metrics?.max_drawdown, show: percent },
    { head: "trades", value: ({ result }) => result?.metrics?.trades, show: count },
  ];
}

function differingParameters(executions: readonly Execution[]): string[] {
  const names = new Set(executions.flatMap(({ execution_parameters }) => Object.keys(execution_parameters)));
  const valuesOf = (name: string) => executions.map(({ execution_parameters: all }) => JSON.stringify(all[name]));
  return [...names].filter((name) => new Set(valuesOf(name)).size > 1);
}

function toValue(value: unknown): string | number | boolean | null | undefined {
  if (value === null || value === undefined || typeof value === "number" || typeof value === "boolean") return value;
  return typeof value === "string" ? value : JSON.stringify(value);
}
