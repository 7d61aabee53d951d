import type { Command } from "commander";
import type { Session } from "../../connection/session.ts";
import { toExecutionId } from "../../input/arguments.ts";
import { type Format, printJson } from "../../terminal/table.ts";
import { withJson } from "../format-options.ts";
import { printExecution } from "./execution-text.ts";

/** `show ID`: one execution. */
export function addShow(program: Command, session: Session): void {
  withJson(program.command("show"))
    .description("Shows an execution: its state, parameters, figures, decision and callback.")
    .argument("<id>", "its number", toExecutionId)
    .action((id: number, options: Format) => show(session, id, options));
}

async function show({ terminal, connect }: Session, id: number, { json }: Format): Promise<void> {
  const { client, call } = await connect();
  const execution = await client.executions.get(id, call());
  if (json === true) printJson(terminal, execution);
  else printExecution(terminal, execution);
}
