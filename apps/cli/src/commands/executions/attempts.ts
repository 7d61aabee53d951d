import type { Outputs } from "@strategy-executor/client";
import type { Command } from "commander";
import type { Session } from "../../connection/session.ts";
import { toExecutionId } from "../../input/arguments.ts";
import { seconds } from "../../terminal/numbers.ts";
import { type Column, type Format, printRows } from "../../terminal/table.ts";
import { withFormats } from "../format-options.ts";
import { remarkMore, withPage } from "./list.ts";

interface Options extends Format {
  readonly limit?: number;
  readonly cursor?: string;
}

type Attempt = Outputs["listExecutionAttempts"]["attempts"][number];

/** `attempts ID`: which workers had an execution. */
export function addAttempts(program: Command, session: Session): void {
  withFormats(withPage(program.command("attempts")))
    .description("Lists the attempts at an execution, with their workers, newest first.")
    .argument("<id>", "its number", toExecutionId)
    .action((id: number, options: Options) => attempts(session, id, options));
}

async function attempts({ terminal, connect }: Session, id: number, options: Options): Promise<void> {
  const { client, call } = await connect();
  const { json: _json, csv: _csv, ...page } = options;
  const answer = await client.procedures.listExecutionAttempts.query({ execution_id: id, ...page }, call());
  printRows(terminal, options, { answer, columns, rows: answer.attempts });
  remarkMore(terminal, options, answer.next_cursor);
}

const columns: readonly Column<Attempt>[] = [
  { head: "number", value: ({ number }) => number },
  { head: "status", value: ({ status }) => status },
  { head: "worker_id", value: ({ worker_id }) => worker_id },
  { head: "worker", value: ({ worker }) => worker },
  { head: "started_at", value: ({ started_at }) => seconds(started_at) },
  { head: "last_seen_at", value: ({ last_seen_at }) => seconds(last_seen_at) },
  { head: "ended_at", value: ({ ended_at }) => seconds(ended_at) },
];
