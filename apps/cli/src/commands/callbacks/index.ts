import type { Outputs } from "@strategy-executor/client";
import type { Command } from "commander";
import { UsageError } from "../../connection/failure.ts";
import type { Session } from "../../connection/session.ts";
import { toExecutionId, toExecutionIds, toInstant, toWhole } from "../../input/arguments.ts";
import { confirm } from "../../terminal/ask.ts";
import { seconds } from "../../terminal/numbers.ts";
import { type Column, type Format, printRows } from "../../terminal/table.ts";
import { print, remark } from "../../terminal/terminal.ts";
import { callbackText } from "../executions/execution-text.ts";
import { withPage } from "../executions/list.ts";
import { withFormats } from "../format-options.ts";
import { addTool } from "../tool.ts";

interface PageOptions extends Format {
  readonly limit?: number;
  readonly cursor?: string;
}

interface RedeliverOptions {
  readonly since?: string;
  readonly until?: string;
  readonly strategy?: string;
  readonly all?: boolean;
  readonly limit?: number;
  readonly yes?: boolean;
}

type Attempt = Outputs["listDeliveryAttempts"]["attempts"][number];
type Receiver = Outputs["listReceivers"]["receivers"][number];

/** `callbacks`: shows deliveries and sends callbacks again. */
export function addCallbacks(program: Command, session: Session): void {
  const callbacks = program.command("callbacks").description("Manages callbacks and their receivers.");
  withFormats(withPage(callbacks.command("show")))
    .description("Shows every attempt to deliver the callback of an execution, newest first.")
    .argument("<id>", "number of the execution", toExecutionId)
    .action((id: number, options: PageOptions) => show(session, id, options));
  callbacks
    .command("redeliver")
    .description("Sends callbacks again: those of the named executions, or all given-up ones that match.")
    .argument("[ids...]", "numbers of executions", toExecutionIds)
    .option("--since <instant>", "of executions that ended then or later; 24h means so long ago", toInstant)
    .option("--until <instant>", "of executions that ended before", toInstant)
    .option("--strategy <name>", "of executions of this strategy")
    .option("--all", "also those that were delivered or are still tried")
    .option("--limit <number>", "most callbacks, newest first", toWhole(1, 10_000))
    .option("-y, --yes", "do not ask")
    .action((ids: readonly number[], options: RedeliverOptions) => redeliver(session, ids, options));
  withFormats(callbacks.command("receivers"))
    .description("Lists recent receivers of callbacks, those with an open circuit first.")
    .action((options: Format) => receivers(session, options));
  addTool(callbacks, session, {
    tool: "callbackTry",
    name: "try",
    description: "Submits a strategy and waits here for its callback.",
    before: [],
    throughService: true,
  });
}

async function show({ terminal, connect }: Session, id: number, options: PageOptions): Promise<void> {
  const { client, call } = await connect();
  const { json: _json, csv: _csv, ...page } = options;
  const answer = await client.executions.deliveryAttempts(id, page, call());
  printRows(terminal, options, { answer, columns: attemptColumns, rows: answer.attempts });
  if (options.json !== true && answer.next_cursor !== null)
    remark(terminal, `There are more: --cursor ${answer.next_cursor}`);
}

async function redeliver(
  { terminal, connect }: Session,
  ids: readonly number[],
  options: RedeliverOptions,
): Promise<void> {
  const { yes, all, ...filter } = options;
  const byFilter = all !== undefined || Object.keys(filter).length > 0;
  if (ids.length > 0 && byFilter) throw new UsageError("Give numbers, or options that say which, not both");
  if (ids.length === 0 && !byFilter) throw new UsageError("Say which: numbers, or --since, --until, --strategy, --all");
  const { client, call } = await connect();
  if (ids.length > 0) {
    for (const execution_id of new Set(ids)) {
      const execution = await client.procedures.redeliverCallback.mutate({ execution_id }, call());
      print(
        terminal,
        `Execution ${execution_id}: ${execution.callback === null ? "no callback" : callbackText(execution.callback)}`,
      );
    }
    return;
  }
  const which = all === true ? "all callbacks that match" : "all callbacks that were given up and match";
  if (yes !== true && !(await confirm(terminal, `Send ${which} again?`))) return remark(terminal, "Nothing was sent");
  const input = { ...filter, include_delivered: all };
  let { redelivered, next_cursor } = await client.procedures.redeliverCallbacks.mutate(input, call());
  // Without a limit, all pages are read.
  while (next_cursor !== null && options.limit === undefined) {
    const next = await client.procedures.redeliverCallbacks.mutate({ ...input, cursor: next_cursor }, call());
    redelivered += next.redelivered;
    next_cursor = next.next_cursor;
  }
  print(terminal, `${redelivered} sent again`);
}

async function receivers({ terminal, connect }: Session, options: Format): Promise<void> {
  const { client, call } = await connect();
  const answer = await client.procedures.listReceivers.query({}, call());
  printRows(terminal, options, { answer, columns: receiverColumns, rows: answer.receivers });
}

const attemptColumns: readonly Column<Attempt>[] = [
  { head: "number", value: ({ number }) => number },
  { head: "started_at", value: ({ started_at }) => seconds(started_at) },
  { head: "duration_ms", value: ({ duration_ms }) => duration_ms },
  {
    head: "answer",
    value: ({ response }) => (response === null ? null : "error" in response ? response.error : response.status_code),
  },
  { head: "redelivery", value: ({ redelivery }) => redelivery },
  { head: "signed_with", value: ({ signed_with }) => signed_with.join(" ") },
  { head: "url", value: ({ url }) => url },
];

const receiverColumns: readonly Column<Receiver>[] = [
  { head: "origin", value: ({ origin }) => origin },
  { head: "circuit", value: ({ circuit }) => circuit },
  { head: "failures", value: ({ failures }) => failures },
  { head: "under_way", value: ({ under_way }) => under_way },
  { head: "open_until", value: ({ open_until }) => seconds(open_until) },
  { head: "delivered_at", value: ({ delivered_at }) => seconds(delivered_at) },
  { head: "failed_at", value: ({ failed_at }) => seconds(failed_at) },
];
