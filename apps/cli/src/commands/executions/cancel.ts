import { isRefused } from "@strategy-executor/client";
import { type Command, Option } from "commander";
import { UsageError } from "../../connection/failure.ts";
import type { Connection, Session } from "../../connection/session.ts";
import { toExecutionIds } from "../../input/arguments.ts";
import { confirm } from "../../terminal/ask.ts";
import { print, remark } from "../../terminal/terminal.ts";
import { printState } from "./execution-text.ts";

interface CancelOptions {
  readonly status?: "pending" | "running";
  readonly strategy?: string;
  readonly yes?: boolean;
}

/** `cancel ID…` or by filter: cancels executions that have not ended. */
export function addCancel(program: Command, session: Session): void {
  program
    .command("cancel")
    .description("Cancels running and pending executions: the named ones, or all that match.")
    .argument("[ids...]", "their numbers", toExecutionIds)
    .addOption(new Option("--status <status>", "all that wait, or all that run").choices(["pending", "running"]))
    .option("--strategy <name>", "all of this strategy")
    .option("-y, --yes", "do not ask")
    .action((ids: readonly number[], options: CancelOptions) => cancel(session, ids, options));
}

async function cancel(session: Session, ids: readonly number[], options: CancelOptions): Promise<void> {
  const byFilter = options.status !== undefined || options.strategy !== undefined;
  if (ids.length > 0 && byFilter) throw new UsageError("Give numbers, or --status and --strategy, not both");
  if (ids.length === 0 && !byFilter) throw new UsageError("Say which: numbers, or --status and --strategy");
  const connection = await session.connect();
  if (!byFilter) return cancelNamed(session, connection, ids);
  await cancelMatching(session, connection, options);
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

async function cancelMatching({ terminal }: Session, connection: Connection, options: CancelOptions): Promise<void> {
  const { client, call } = connection;
  const { strategy } = options;
  const wanted = options.status === undefined ? (["pending", "running"] as const) : [options.status];
  // An execution that starts between the two requests is in both lists.
  const ids = new Set<number>();
  for (const status of wanted) {
    let cursor: string | undefined;
    do {
      const page = await client.executions.list({ status, strategy, limit: 500, cursor }, call());
      for (const { execution_id } of page.executions) ids.add(execution_id);
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined);
  }
  if (ids.size === 0) return remark(terminal, "Nothing matches");
  const many = `${ids.size} execution${ids.size === 1 ? "" : "s"}`;
  if (options.yes !== true && !(await confirm(terminal, `Cancel ${many}?`)))
    return remark(terminal, "Nothing was cancelled");
  let cancelled = 0;
  for (const id of ids) {
    if (await cancelUnlessEnded(connection, id)) cancelled += 1;
  }
  print(terminal, `${cancelled} cancelled`);
}

/** Returns false if the execution has ended since it was listed. */
async function cancelUnlessEnded({ client, call }: Connection, id: number): Promise<boolean> {
  try {
    return (await client.executions.cancel(id, call())).status === "cancelled";
  } catch (error) {
    if (isRefused(error) && [404, 409].includes(error.data.httpStatus)) return false;
    throw error;
  }
}
