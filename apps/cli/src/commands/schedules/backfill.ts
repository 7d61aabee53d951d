import type { Command } from "commander";
import type { Session } from "../../connection/session.ts";
import { toDay, toWhole } from "../../input/arguments.ts";
import { type Format, printJson } from "../../terminal/table.ts";
import { print } from "../../terminal/terminal.ts";
import { withJson } from "../format-options.ts";

interface BackfillOptions extends Format {
  readonly from: string;
  readonly to: string;
  readonly callbacks?: boolean;
}

/** `schedule backfill ID`: runs for past fires. */
export function addBackfill(schedule: Command, session: Session): void {
  withJson(schedule.command("backfill"))
    .description("Makes the missing runs for the past fires of a period. The current decision does not change.")
    .argument("<id>", "its number", toWhole(1, Number.MAX_SAFE_INTEGER))
    .requiredOption("--from <day>", "first day, in the time zone of the rule", toDay)
    .requiredOption("--to <day>", "last day", toDay)
    .option("--callbacks", "sends callbacks for these runs")
    .action((id: number, options: BackfillOptions) => backfill(session, id, options));
}

async function backfill(
  { terminal, connect }: Session,
  schedule_id: number,
  { from, to, callbacks, json }: BackfillOptions,
): Promise<void> {
  const { client, call } = await connect();
  const input = { schedule_id, from, to, callbacks };
  const answer = await client.procedures.backfillSchedule.mutate(input, call());
  if (json === true) printJson(terminal, answer);
  else print(terminal, `${answer.backfilled} runs made`);
}
