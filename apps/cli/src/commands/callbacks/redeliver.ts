import type { Inputs } from "@strategy-executor/client";
import type { Command } from "commander";
import { UsageError } from "../../connection/failure.ts";
import type { Connection, Session } from "../../connection/session.ts";
import { toExecutionIds, toInstant, toWhole } from "../../input/arguments.ts";
import { confirm } from "../../terminal/ask.ts";
import { countOf } from "../../terminal/numbers.ts";
import { print, remark } from "../../terminal/terminal.ts";
import { allPages } from "../all-pages.ts";
import { callbackText } from "../executions/execution-text.ts";

interface RedeliverOptions {
  readonly since?: string;
  readonly until?: string;
  readonly strategy?: string;
  readonly receiver?: string;
  readonly all?: boolean;
  readonly limit?: number;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

type Selection = Omit<Inputs["redeliverCallbacks"], "cursor" | "dry_run">;

/** `callbacks redeliver ID…` or by filter: sends callbacks again. */
export function addRedeliver(callbacks: Command, session: Session): void {
  callbacks
    .command("redeliver")
    .description("Sends callbacks again: those of the named executions, or all given-up ones that match.")
    .argument("[ids...]", "numbers of executions", toExecutionIds)
    .option("--since <instant>", "of executions that ended at this time or later; 24h means 24 hours ago", toInstant)
    .option("--until <instant>", "of executions that ended before this time", toInstant)
    .option("--strategy <name>", "of executions of this strategy")
    .option("--receiver <origin>", "to this receiver, such as https://example.org")
    .option("--all", "also callbacks that were delivered or are still being retried")
    .option("--limit <number>", "maximum number of callbacks, newest first", toWhole(1, 10_000))
    .option("--dry-run", "only counts them")
    .option("-y, --yes", "do not ask")
    .action((ids: readonly number[], options: RedeliverOptions) => redeliver(session, ids, options));
}

async function redeliver(session: Session, ids: readonly number[], options: RedeliverOptions): Promise<void> {
  const { yes, dryRun, all, limit, ...filter } = options;
  const byFilter = Object.keys(filter).length > 0;
  if (ids.length > 0 && (byFilter || all === true || limit !== undefined))
    throw new UsageError("Give numbers, or options that say which, not both");
  if (ids.length === 0 && !byFilter)
    throw new UsageError("Give numbers of executions, or --since, --until, --strategy, --receiver");
  const { terminal } = session;
  const connection = await session.connect();
  // Those that are named are sent again even if they were delivered.
  const selection = byFilter
    ? { ...filter, include_delivered: all, limit }
    : { ids: [...new Set(ids)], include_delivered: true };
  if (dryRun === true) return print(terminal, `${await redeliverAll(connection, selection, true)} would be sent again`);
  if (!byFilter) return redeliverNamed(session, connection, ids);
  const found = await redeliverAll(connection, selection, true);
  const question = `Send ${countOf(found, "callback")} again?`;
  if (found > 0 && yes !== true && !(await confirm(terminal, question))) return remark(terminal, "Nothing was sent");
  print(terminal, `${await redeliverAll(connection, selection, false)} sent again`);
}

async function redeliverNamed({ terminal }: Session, { client, call }: Connection, ids: readonly number[]) {
  for (const execution_id of new Set(ids)) {
    const { callback } = await client.procedures.redeliverCallback.mutate({ execution_id }, call());
    print(terminal, `Execution ${execution_id}: ${callback === null ? "no callback" : callbackText(callback)}`);
  }
}

/** Sends again page by page, or as many as the limit says. Returns how many, in a dry run how many there are. */
function redeliverAll({ client, call }: Connection, selection: Selection, dry_run: boolean): Promise<number> {
  let left = selection.limit;
  return allPages(async (cursor) => {
    const input = { ...selection, limit: left, dry_run, cursor };
    const { redelivered, next_cursor } = await client.procedures.redeliverCallbacks.mutate(input, call());
    if (left !== undefined) left -= redelivered;
    return { count: redelivered, next: left === 0 ? null : next_cursor };
  });
}
