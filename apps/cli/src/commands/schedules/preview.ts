import type { Outputs } from "@strategy-executor/client";
import type { Command } from "commander";
import type { Session } from "../../connection/session.ts";
import { toInstant, toWhole } from "../../input/arguments.ts";
import { seconds } from "../../terminal/numbers.ts";
import { type Column, type Format, printRows } from "../../terminal/table.ts";
import { remark } from "../../terminal/terminal.ts";
import { withFormats } from "../format-options.ts";
import { toWhen, type WhenOptions, withWhen } from "./when-options.ts";

interface PreviewOptions extends Format, WhenOptions {
  readonly from?: string;
  readonly count?: number;
}

type Fire = Outputs["previewSchedule"]["fires"][number];

/** `schedule preview`: when a rule would fire. */
export function addPreview(schedule: Command, session: Session): void {
  withFormats(withWhen(schedule.command("preview")))
    .description("Shows when a rule would fire, without storing anything.")
    .option("--from <instant>", "only fires after it; now when absent", toInstant)
    .option("--count <number>", "number of fires, 10 when absent", toWhole(1, 100))
    .action((options: PreviewOptions) => preview(session, options));
}

async function preview({ terminal, connect }: Session, options: PreviewOptions): Promise<void> {
  const when = toWhen(options);
  const { client, call } = await connect();
  const { from, count } = options;
  const answer = await client.procedures.previewSchedule.query({ when, from, count }, call());
  printRows(terminal, options, { answer, columns, rows: answer.fires });
  for (const warning of answer.warnings) remark(terminal, `warning: ${warning}`);
}

const columns: readonly Column<Fire>[] = [
  { head: "fire_at", value: ({ fire_at }) => seconds(fire_at) },
  { head: "local", value: ({ local }) => local },
  { head: "trading_day", value: ({ trading_day }) => trading_day },
];
