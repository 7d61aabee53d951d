import type { Command } from "commander";
import type { Session } from "../../connection/session.ts";
import { toExecutionId, toWhole } from "../../input/arguments.ts";
import { printCurve } from "../../terminal/curve.ts";
import { amount, percent } from "../../terminal/numbers.ts";
import { type Column, type Format, printRows } from "../../terminal/table.ts";
import { withFormats } from "../format-options.ts";

interface SeriesOptions extends Format {
  readonly every: number;
}

interface Day {
  readonly date: string;
  readonly equity: number | undefined;
  readonly drawdown: number | undefined;
}

/** `series ID`: equity and drawdown of each day. */
export function addSeries(program: Command, session: Session): void {
  withFormats(program.command("series"))
    .description("Shows equity and drawdown by day, with the curve on a terminal.")
    .argument("<id>", "number of a completed execution", toExecutionId)
    .option("--every <days>", "only every n-th day, the last one included", toWhole(1, 100_000), 1)
    .action((id: number, options: SeriesOptions) => series(session, id, options));
}

async function series({ terminal, connect }: Session, id: number, { every, ...format }: SeriesOptions): Promise<void> {
  const { client, call } = await connect();
  const answer = await client.executions.series(id, call());
  const { dates, equity, drawdown } = answer;
  const days = dates.map((date, index): Day => ({ date, equity: equity[index], drawdown: drawdown[index] }));
  const rows = days.filter((_day, index) => index % every === 0 || index === days.length - 1);
  printRows(terminal, format, { answer, columns, rows });
  if (format.json !== true && format.csv !== true) printCurve(terminal, { dates, values: equity });
}

const columns: readonly Column<Day>[] = [
  { head: "date", value: ({ date }) => date },
  { head: "equity", value: ({ equity }) => equity, show: amount },
  { head: "drawdown", value: ({ drawdown }) => drawdown, show: percent },
];
