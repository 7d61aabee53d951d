import type { Outputs } from "@strategy-executor/client";
import type { Command } from "commander";
import type { Session } from "../../connection/session.ts";
import { type Column, type Format, printRows } from "../../terminal/table.ts";
import { remark } from "../../terminal/terminal.ts";
import { withFormats } from "../format-options.ts";
import { decisionText } from "./schedule-text.ts";

type Today = Outputs["getToday"]["schedules"][number];

/** `today`: the current decisions of schedules. */
export function addToday(program: Command, session: Session): void {
  withFormats(program.command("today"))
    .description("Shows the current decision of each of your schedules that has one.")
    .action((options: Format) => today(session, options));
}

async function today({ terminal, connect }: Session, options: Format): Promise<void> {
  const { client, call } = await connect();
  const answer = await client.procedures.getToday.query({}, call());
  printRows(terminal, options, { answer, columns, rows: answer.schedules });
  if (answer.schedules.length === 0 && options.json !== true) remark(terminal, "No schedule has decided yet");
}

const columns: readonly Column<Today>[] = [
  { head: "schedule_id", value: ({ schedule_id }) => schedule_id },
  { head: "name", value: ({ name }) => name },
  { head: "decided_on", value: ({ decided_on }) => decided_on },
  { head: "traded_on", value: ({ traded_on }) => traded_on },
  { head: "changed", value: ({ changed }) => changed },
  { head: "execution_id", value: ({ execution_id }) => execution_id },
  { head: "decision", value: ({ decision }) => decisionText(decision) },
];
