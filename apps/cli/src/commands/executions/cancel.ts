import type { Inputs } from "@strategy-executor/client";
import type { Command } from "commander";
import { UsageError } from "../../connection/failure.ts";
import type { Connection, Session } from "../../connection/session.ts";
import { toExecutionIds } from "../../input/arguments.ts";
import { confirm } from "../../terminal/ask.ts";
import { countOf } from "../../terminal/numbers.ts";
import { print, remark } from "../../terminal/terminal.ts";
import { allPages } from "../all-pages.ts";
import { printState } from "./execution-text.ts";
import { type FilterOptions, statusOption, toFilter, withFilter } from "./filter-options.ts";

interface CancelOptions extends FilterOptions {
  readonly status?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

type Selection = Omit<Inputs["cancelExecutions"], "cursor" | "dry_run">;

/** `cancel ID…` or by filter: cancels executions that have not ended. */
export function addCancel(program: Command, session: Session): void {
  const command = program
    .command("cancel")
    .description("Cancels running and pending executions: the named ones, or all that match.")
    .argument("[ids...]", "their numbers", toExecutionIds)
    .addOption(statusOption("all that wait, all that run, or both", ["pending", "running"]));
  withFilter(command)
    .option("--dry-run", "only counts them")
    .option("-y, --yes", "do not ask")
    .action((ids: readonly number[], options: CancelOptions) => cancel(session, ids, options));
}

async function cancel(session: Session, ids: readonly number[], options: CancelOptions): Promise<void> {
  const { status, dryRun, yes } = options;
  const filter = { ...toFilter(options), ...(status !== undefined && { status }) };
  const byFilter = Object.keys(filter).length > 0;
  if (ids.length > 0 && byFilter) throw new UsageError("Give numbers, or options that say which, not both");
  if (ids.length === 0 && !byFilter)
    throw new UsageError("Give numbers of executions, or --status, --strategy, --label, …");
  const { terminal } = session;
  const connection = await session.connect();
  const selection = byFilter ? filter : { ids: [...new Set(ids)] };
  if (dryRun === true) return print(terminal, `${await cancelAll(connection, selection, true)} would be cancelled`);
  if (!byFilter) return cancelNamed(session, connection, ids);
  const found = await cancelAll(connection, selection, true);
  if (found === 0) return remark(terminal, "Nothing matches");
  const question = `Cancel ${countOf(found, "execution")}?`;
  if (yes !== true && !(await confirm(terminal, question))) return remark(terminal, "Nothing was cancelled");
  print(terminal, `${await cancelAll(connection, selection, false)} cancelled`);
}

/** An execution that cannot be cancelled does not stop the others. The first refusal decides the exit code. */
async function cancelNamed({ terminal }: Session, { client, call }: Connection, ids: readonly number[]): Promise<void> {
  const refusals: unknown[] = [];
  for (const id of new Set(ids)) {
    try {
      printState(terminal, await client.executions.cancel(id, call()));
    } catch (error) {
      refusals.push(error);
    }
  }
  if (refusals.length > 0) throw refusals[0];
}

/** Cancels page by page. Returns how many, in a dry run how many there are. */
function cancelAll({ client, call }: Connection, selection: Selection, dry_run: boolean): Promise<number> {
  return allPages(async (cursor) => {
    const page = await client.procedures.cancelExecutions.mutate({ ...selection, dry_run, cursor }, call());
    return { count: page.cancelled, next: page.next_cursor };
  });
}
