import type { Command } from "commander";
import type { Session } from "../../connection/session.ts";
import { toExecutionId } from "../../input/arguments.ts";
import { print } from "../../terminal/terminal.ts";
import { withJson } from "../format-options.ts";
import { followSweep } from "../sweeps/sweep.ts";
import { followExecution } from "./run.ts";

interface RetryOptions {
  readonly wait: boolean;
  readonly json?: boolean;
}

/** `retry ID`: runs a failed or cancelled execution again, as a new one, and follows it. */
export function addRetry(program: Command, session: Session): void {
  withJson(program.command("retry"))
    .description("Runs a failed or cancelled execution or sweep again, as a new one, and shows its result.")
    .argument("<id>", "number of the failed or cancelled execution", toExecutionId)
    .option("--no-wait", "print its number and do not follow it")
    .action((id: number, options: RetryOptions) => retry(session, id, options));
}

async function retry({ terminal, connect }: Session, id: number, options: RetryOptions): Promise<void> {
  const connection = await connect();
  const { client, call } = connection;
  const { kind } = await client.executions.get(id, call());
  const { execution_id } = await client.procedures.retryExecution.mutate({ execution_id: id }, call());
  if (!options.wait) return print(terminal, String(execution_id));
  const followToEnd = kind === "sweep" ? followSweep : followExecution;
  await followToEnd(terminal, connection, execution_id, options);
}
