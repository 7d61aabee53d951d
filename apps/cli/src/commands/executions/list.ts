import type { ExecutionSummary } from "@strategy-executor/client";
import { type Command, Option } from "commander";
import type { Session } from "../../connection/session.ts";
import { toWhole } from "../../input/arguments.ts";
import { percent, seconds } from "../../terminal/numbers.ts";
import { type Column, type Format, printRows } from "../../terminal/table.ts";
import { remark, type Terminal } from "../../terminal/terminal.ts";
import { withFormats } from "../format-options.ts";
import { type FilterOptions, statusOption, toFilter, withFilter } from "./filter-options.ts";

export const statuses = ["pending", "running", "completed", "failed", "cancelled"] as const;
const callbackStates = ["waiting", "due", "delivered", "given_up", "none"] as const;

interface ListOptions extends Format, FilterOptions {
  readonly status?: string;
  readonly callback?: (typeof callbackStates)[number];
  readonly limit?: number;
  readonly cursor?: string;
}

/** `ls`: executions, newest first. */
export function addList(program: Command, session: Session): void {
  const command = program
    .command("ls")
    .description("Lists executions, newest first.")
    .addOption(statusOption("only those of this status, or of several: failed,cancelled", statuses));
  withFilter(command).addOption(
    new Option("--callback <state>", "only those whose callback is in this state").choices([...callbackStates]),
  );
  withFormats(withPage(command)).action((options: ListOptions) => list(session, options));
}

/** Options of every paged list. */
export function withPage(command: Command): Command {
  return command
    .option("--limit <number>", "maximum number of rows, 50 by default", toWhole(1, 500))
    .option("--cursor <cursor>", "continues after an earlier page");
}

async function list({ terminal, connect }: Session, options: ListOptions): Promise<void> {
  const { status, callback, limit, cursor } = options;
  const { client, call } = await connect();
  const answer = await client.executions.list({ ...toFilter(options), status, callback, limit, cursor }, call());
  printRows(terminal, options, { answer, columns, rows: answer.executions });
  remarkMore(terminal, options, answer.next_cursor);
}

/** Says beside a page how to go on. */
export function remarkMore(terminal: Terminal, { json }: Format, next_cursor: string | null): void {
  if (json !== true && next_cursor !== null) remark(terminal, `There are more: --cursor ${next_cursor}`);
}

const columns: readonly Column<ExecutionSummary>[] = [
  { head: "execution_id", value: ({ execution_id }) => execution_id },
  { head: "status", value: ({ status }) => status },
  { head: "strategy", value: ({ strategy }) => strategy },
  { head: "label", value: ({ label }) => label },
  { head: "started_at", value: ({ started_at }) => seconds(started_at) },
  { head: "completed_at", value: ({ completed_at }) => seconds(completed_at) },
  { head: "return", value: (execution) => execution.return, show: percent },
  { head: "callback", value: callbackState },
  { head: "error_message", value: ({ error_message }) => error_message },
];

/** The state of the callback, in the words of `--callback`; null without one. */
export function callbackState({ callback, completed_at }: ExecutionSummary): string | null {
  if (callback === null) return null;
  if (callback.sent) return "delivered";
  if (completed_at === null) return "waiting";
  return callback.next_attempt_at !== null || callback.response === null ? "due" : "given_up";
}
