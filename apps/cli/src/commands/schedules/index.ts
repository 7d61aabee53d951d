import type { Outputs } from "@strategy-executor/client";
import type { Command } from "commander";
import type { Session } from "../../connection/session.ts";
import { toWhole } from "../../input/arguments.ts";
import { confirm } from "../../terminal/ask.ts";
import { seconds } from "../../terminal/numbers.ts";
import { type Column, type Format, printJson, printRows } from "../../terminal/table.ts";
import { print, remark } from "../../terminal/terminal.ts";
import { withPage } from "../executions/list.ts";
import { withFormats, withJson } from "../format-options.ts";
import { addBackfill } from "./backfill.ts";
import { addCreate } from "./create.ts";
import { addPreview } from "./preview.ts";
import { printSchedule, type Schedule } from "./schedule-text.ts";

interface PageOptions extends Format {
  readonly limit?: number;
  readonly cursor?: string;
}

type Run = Outputs["listScheduleRuns"]["runs"][number];

const number = ["<id>", "its number", toWhole(1, Number.MAX_SAFE_INTEGER)] as const;

/** `schedule`: rules that submit executions at given times. */
export function addSchedule(program: Command, session: Session): void {
  const schedule = program
    .command("schedule")
    .description("Manages schedules, which submit executions at given times.");
  addCreate(schedule, session);
  withFormats(withPage(schedule.command("ls")))
    .description("Lists schedules, oldest first.")
    .action((options: PageOptions) => list(session, options));
  withFormats(withPage(schedule.command("show")))
    .description("Shows a schedule and its latest runs; with --csv the runs alone, with --json the schedule alone.")
    .argument(...number)
    .action((id: number, options: PageOptions) => show(session, id, options));
  addPreview(schedule, session);
  withJson(schedule.command("pause"))
    .description("Pauses a schedule: nothing fires, and nothing is caught up afterwards.")
    .argument(...number)
    .option("--note <text>", "the reason")
    .action((id: number, options: Format & { readonly note?: string }) => pause(session, id, options));
  withJson(schedule.command("resume"))
    .description("Resumes a paused schedule.")
    .argument(...number)
    .action((id: number, options: Format) => resume(session, id, options));
  withJson(schedule.command("trigger"))
    .description("Makes a run now, for the last closed session.")
    .argument(...number)
    .action((id: number, options: Format) => trigger(session, id, options));
  addBackfill(schedule, session);
  schedule
    .command("rm")
    .description("Deletes a schedule.")
    .argument(...number)
    .option("-y, --yes", "do not ask")
    .action((id: number, { yes }: { readonly yes?: boolean }) => remove(session, id, yes === true));
}

async function list({ terminal, connect }: Session, options: PageOptions): Promise<void> {
  const { client, call } = await connect();
  const { limit, cursor } = options;
  const answer = await client.procedures.listSchedules.query({ limit, cursor }, call());
  printRows(terminal, options, { answer, columns, rows: answer.schedules });
  if (options.json !== true && answer.next_cursor !== null)
    remark(terminal, `There are more: --cursor ${answer.next_cursor}`);
}

async function show({ terminal, connect }: Session, schedule_id: number, options: PageOptions): Promise<void> {
  const { client, call } = await connect();
  const schedule = await client.procedures.getSchedule.query({ schedule_id }, call());
  if (options.json === true) return printJson(terminal, schedule);
  const { limit, cursor } = options;
  const answer = await client.procedures.listScheduleRuns.query({ schedule_id, limit, cursor }, call());
  if (options.csv !== true) {
    printSchedule(terminal, schedule);
    print(terminal, "");
  }
  printRows(terminal, options, { answer, columns: runColumns, rows: answer.runs });
  if (answer.next_cursor !== null) remark(terminal, `There are more: --cursor ${answer.next_cursor}`);
}

async function pause(
  { terminal, connect }: Session,
  schedule_id: number,
  { note, json }: Format & { readonly note?: string },
): Promise<void> {
  const { client, call } = await connect();
  const paused = await client.procedures.pauseSchedule.mutate({ schedule_id, note }, call());
  if (json === true) printJson(terminal, paused);
  else print(terminal, `Schedule ${schedule_id} paused`);
}

async function resume({ terminal, connect }: Session, schedule_id: number, { json }: Format): Promise<void> {
  const { client, call } = await connect();
  const resumed = await client.procedures.resumeSchedule.mutate({ schedule_id }, call());
  if (json === true) printJson(terminal, resumed);
  else print(terminal, `Schedule ${schedule_id} active, next ${seconds(resumed.next_at)}`);
}

async function trigger({ terminal, connect }: Session, schedule_id: number, { json }: Format): Promise<void> {
  const { client, call } = await connect();
  const run = await client.procedures.triggerSchedule.mutate({ schedule_id }, call());
  if (json === true) printJson(terminal, run);
  else print(terminal, `Schedule ${schedule_id} triggered at ${seconds(run.fire_at)}: ${run.state}`);
}

async function remove({ terminal, connect }: Session, schedule_id: number, yes: boolean): Promise<void> {
  const { client, call } = await connect();
  const { name } = await client.procedures.getSchedule.query({ schedule_id }, call());
  if (!yes && !(await confirm(terminal, `Delete schedule ${schedule_id}, ${JSON.stringify(name)}?`)))
    return remark(terminal, "Nothing was deleted");
  await client.procedures.deleteSchedule.mutate({ schedule_id }, call());
  print(terminal, `Schedule ${schedule_id} deleted`);
}

const columns: readonly Column<Schedule>[] = [
  { head: "schedule_id", value: ({ schedule_id }) => schedule_id },
  { head: "name", value: ({ name }) => name },
  { head: "strategy_name", value: ({ strategy_name }) => strategy_name },
  { head: "next_at", value: ({ next_at }) => seconds(next_at) },
  { head: "paused_at", value: ({ paused_at }) => seconds(paused_at) },
  { head: "decided_on", value: ({ decided_on }) => decided_on },
  { head: "description", value: ({ description }) => description },
];

const runColumns: readonly Column<Run>[] = [
  { head: "fire_at", value: ({ fire_at }) => seconds(fire_at) },
  { head: "origin", value: ({ origin }) => origin },
  { head: "trading_day", value: ({ trading_day }) => trading_day },
  { head: "state", value: ({ state }) => state },
  { head: "execution_id", value: ({ execution_id }) => execution_id },
  { head: "changed", value: ({ changed }) => changed },
  { head: "notification", value: ({ notification }) => notification },
  { head: "reason", value: ({ reason }) => reason },
];
