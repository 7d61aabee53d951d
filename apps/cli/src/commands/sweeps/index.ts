import type { SweepSummary } from "@strategy-executor/client";
import type { Command } from "commander";
import type { Session } from "../../connection/session.ts";
import { toExecutionId } from "../../input/arguments.ts";
import { seconds } from "../../terminal/numbers.ts";
import { type Column, type Format, printJson, printRows } from "../../terminal/table.ts";
import { printState } from "../executions/execution-text.ts";
import { remarkMore, withPage } from "../executions/list.ts";
import { withFormats, withJson } from "../format-options.ts";
import { describeSweep, getSweep } from "./sweep.ts";
import { printSweep } from "./sweep-text.ts";
import { addTable, allOptions } from "./table.ts";

interface ListOptions extends Format {
  readonly limit?: number;
  readonly cursor?: string;
}

/** `sweep`: runs, lists and shows sweeps. */
export function addSweep(program: Command, session: Session): void {
  const sweep = program.command("sweep");
  describeSweep(sweep, session);
  withFormats(withPage(sweep.command("ls")))
    .description("Lists sweeps, newest first.")
    .action((_options: ListOptions, command: Command) => list(session, allOptions(command)));
  withJson(sweep.command("show"))
    .description("Shows a sweep: progress, best combinations, walk-forward, and on a terminal the heat map.")
    .argument("<id>", "its number", toExecutionId)
    .action((id: number, _options: Format, command: Command) => show(session, id, allOptions(command)));
  addTable(sweep, session);
  sweep
    .command("cancel")
    .description("Cancels a sweep.")
    .argument("<id>", "its number", toExecutionId)
    .action((id: number) => cancel(session, id));
}

async function list({ terminal, connect }: Session, options: ListOptions): Promise<void> {
  const { client, call } = await connect();
  const { limit, cursor } = options;
  const answer = await client.procedures.listSweeps.query({ limit, cursor }, call());
  printRows(terminal, options, { answer, columns, rows: answer.sweeps });
  remarkMore(terminal, options, answer.next_cursor);
}

async function show({ terminal, connect }: Session, id: number, { json }: Format): Promise<void> {
  const sweep = await getSweep(await connect(), id);
  if (json === true) printJson(terminal, sweep);
  else printSweep(terminal, sweep);
}

async function cancel({ terminal, connect }: Session, execution_id: number): Promise<void> {
  const { client, call } = await connect();
  printState(terminal, await client.procedures.cancelSweep.mutate({ execution_id }, call()));
}

const columns: readonly Column<SweepSummary>[] = [
  { head: "execution_id", value: ({ execution_id }) => execution_id },
  { head: "status", value: ({ status }) => status },
  { head: "strategy", value: ({ strategy }) => strategy },
  { head: "objective", value: ({ objective }) => objective },
  { head: "combinations", value: ({ combinations }) => combinations },
  { head: "evaluated", value: ({ evaluated }) => evaluated },
  { head: "completed_at", value: ({ completed_at }) => seconds(completed_at) },
  { head: "error_message", value: ({ error_message }) => error_message },
];
