import type { Outputs } from "@strategy-executor/client";
import type { Command } from "commander";
import type { Session } from "../../connection/session.ts";
import { seconds } from "../../terminal/numbers.ts";
import { type Column, type Format, printRows } from "../../terminal/table.ts";
import { withFormats } from "../format-options.ts";

type Worker = Outputs["listWorkers"]["workers"][number];

/** `workers`: the processes that run executions. */
export function addWorkers(program: Command, session: Session): void {
  withFormats(program.command("workers"))
    .description("Lists the processes that run executions, and what they run.")
    .action((options: Format) => workers(session, options));
}

async function workers({ terminal, connect }: Session, options: Format): Promise<void> {
  const { client, call } = await connect();
  const answer = await client.procedures.listWorkers.query({}, call());
  printRows(terminal, options, { answer, columns, rows: answer.workers });
}

const columns: readonly Column<Worker>[] = [
  { head: "worker_id", value: ({ worker_id }) => worker_id },
  { head: "name", value: ({ name }) => name },
  { head: "version", value: ({ version }) => version },
  { head: "state", value: ({ state }) => state },
  { head: "threads", value: ({ threads }) => threads },
  { head: "threads_busy", value: ({ threads_busy }) => threads_busy },
  { head: "sweep_steps", value: ({ sweep_steps }) => sweep_steps },
  { head: "last_seen_at", value: ({ last_seen_at }) => seconds(last_seen_at) },
  { head: "running", value: ({ running }) => running.map(({ execution_id }) => execution_id).join(" ") },
];
