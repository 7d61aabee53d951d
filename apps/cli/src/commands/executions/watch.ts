import type { ExecutionUpdate } from "@strategy-executor/client";
import { type Command, Option } from "commander";
import type { Session } from "../../connection/session.ts";
import { toExecutionId } from "../../input/arguments.ts";
import { startProgressBar } from "../../terminal/progress-bar.ts";
import { print } from "../../terminal/terminal.ts";
import { withJson } from "../format-options.ts";
import { ensureCompleted } from "./follow.ts";
import { statuses } from "./list.ts";

interface WatchOptions {
  readonly json?: boolean;
  readonly status?: (typeof statuses)[number];
  readonly strategy?: string;
}

/** `watch [ID]`: follows one execution to its end, or all executions until it is stopped. */
export function addWatch(program: Command, session: Session): void {
  withJson(program.command("watch"))
    .description("Follows an execution to its end, or without a number all executions until it is stopped.")
    .argument("[id]", "number of the execution", toExecutionId)
    .addOption(new Option("--status <status>", "of all, only changes to this status").choices([...statuses]))
    .option("--strategy <name>", "of all, only those of this strategy")
    .action((id: number | undefined, options: WatchOptions) =>
      id === undefined ? watchAll(session, options) : watchOne(session, id, options),
    );
}

async function watchOne({ terminal, connect }: Session, id: number, { json }: WatchOptions): Promise<void> {
  const { client, call } = await connect();
  // Report an unreachable service or an unknown execution at once instead of retrying.
  await client.executions.get(id, call());
  {
    using bar = startProgressBar(terminal, `Execution ${id}`);
    for await (const update of client.executions.watch(id, { signal: terminal.signal })) {
      if (json === true) print(terminal, JSON.stringify(update));
      else if (update.kind === "progress") bar.update(update.progress.fraction, update.progress.phase);
      else print(terminal, lineOf(update.event));
    }
  }
  ensureCompleted(await client.executions.get(id, call()));
}

async function watchAll({ terminal, connect }: Session, { json, ...filter }: WatchOptions): Promise<void> {
  const { client, call } = await connect();
  await client.executions.list({ limit: 1 }, call());
  for await (const update of client.executions.watchAll(filter, { signal: terminal.signal })) {
    if (json === true) print(terminal, JSON.stringify(update));
    else if (update.kind === "event") print(terminal, lineOf(update.event));
  }
}

function lineOf({
  execution_id,
  number,
  status,
  strategy,
  at,
}: Extract<ExecutionUpdate, { kind: "event" }>["event"]): string {
  return `${execution_id}  ${number}  ${status.padEnd(9)}  ${at}  ${strategy}`;
}
