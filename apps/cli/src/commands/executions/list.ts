import type { ExecutionSummary } from "@strategy-executor/client";
import { type Command, Option } from "commander";
import type { Session } from "../../connection/session.ts";
import { toWhole } from "../../input/arguments.ts";
import { seconds } from "../../terminal/numbers.ts";
import { type Column, type Format, printRows } from "../../terminal/table.ts";
import { remark } from "../../terminal/terminal.ts";
import { withFormats } from "../format-options.ts";

export const statuses = ["pending", "running", "completed", "failed", "cancelled"] as const;

interface ListOptions extends Format {
  readonly status?: (typeof statuses)[number];
  readonly strategy?: string;
  readonly label?: string;
  readonly schedule?: number;
  readonly limit?: number;
  readonly cursor?: string;
}

/** `ls`: executions, newest first. */
export function addList(program: Command, session: Session): void {
  const command = program
    .command("ls")
    .description("Lists executions, newest first.")
    .addOption(new Option("--status <status>", "only those of this status").choices([...statuses]))
    .option("--strategy <name>", "only those of this strategy")
    .option("--label <text>", "only those whose label begins with this")
    .option("--schedule <id>", "only those of this schedule", toWhole(1, Number.MAX_SAFE_INTEGER));
  withFormats(withPage(command)).action((options: ListOptions) => list(session, options));
}

/** Options of every paged list. */
export function withPage(command: Command): Command {
  return command
    .option("--limit <number>", "most rows, 50 unless said", toWhole(1, 500))
    .option("--cursor <cursor>", "goes on behind an earlier page");
}

async function list({ terminal, connect }: Session, { json, csv, schedule, ...filter }: ListOptions): Promise<void> {
  const { client, call } = await connect();
  const answer = await client.executions.list({ ...filter, schedule_id: schedule }, call());
  printRows(terminal, { json, csv } as Format, { answer, columns, rows: answer.executions });
  if (json !== true && answer.next_cursor !== null) remark(terminal, `There are more: --cursor ${answer.next_cursor}`);
}

const columns: readonly Column<ExecutionSummary>[] = [
  { head: "execution_id", value: ({ execution_id }) => execution_id },
  { head: "status", value: ({ status }) => status },
  { head: "strategy", value: ({ strategy }) => strategy },
  { head: "label", value: ({ label }) => label },
  { head: "started_at", value: ({ started_at }) => seconds(started_at) },
  { head: "completed_at", value: ({ completed_at }) => seconds(completed_at) },
  { head: "callback", value: ({ callback }) => (callback === null ? null : callbackState(callback)) },
  { head: "error_message", value: ({ error_message }) => error_message },
];

function callbackState({ sent, next_attempt_at, response }: NonNullable<ExecutionSummary["callback"]>): string {
  if (sent) return "delivered";
  return next_attempt_at !== null || response === null ? "waiting" : "given_up";
}
