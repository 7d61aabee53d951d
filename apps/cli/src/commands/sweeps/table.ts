import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Outputs } from "@strategy-executor/client";
import type { Command } from "commander";
import type { Session } from "../../connection/session.ts";
import { toExecutionId } from "../../input/arguments.ts";
import { type Column, type Format, printRows } from "../../terminal/table.ts";
import { remarkMore, withPage } from "../executions/list.ts";
import { withFormats } from "../format-options.ts";

type Row = Outputs["getSweepTable"]["rows"][number];

interface TableOptions extends Format {
  readonly limit?: number;
  readonly cursor?: string;
}

/** `sweep table ID`: every combination and its metrics. */
export function addTable(sweep: Command, session: Session): void {
  withFormats(withPage(sweep.command("table")))
    .description("Shows the combinations of a sweep and their metrics: a page, or with --csv all of them.")
    .argument("<id>", "number of a completed sweep", toExecutionId)
    .action((id: number, _options: TableOptions, command: Command) => table(session, id, allOptions(command)));
}

/** The options of a subcommand. An option that `sweep` has too, such as `--json`, belongs to `sweep` wherever it stands. */
export function allOptions(command: Command): TableOptions {
  return command.optsWithGlobals();
}

async function table({ terminal, connect }: Session, execution_id: number, options: TableOptions): Promise<void> {
  const { client, call, ask } = await connect();
  const { csv, limit, cursor } = options;
  if (csv === true && limit === undefined && cursor === undefined) {
    const { body } = await ask(`/sweeps/${execution_id}/table/`, { headers: { Accept: "text/csv" } });
    if (body !== null) await pipeline(Readable.fromWeb(body), terminal.output, { end: false });
    return;
  }
  const answer = await client.procedures.getSweepTable.query({ execution_id, limit, cursor }, call());
  const columns = answer.columns.map((head, index): Column<Row> => ({ head, value: (row) => row[index] }));
  printRows(terminal, options, { answer, columns, rows: answer.rows });
  remarkMore(terminal, options, answer.next_cursor);
}
