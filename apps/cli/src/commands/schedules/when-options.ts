import type { Inputs } from "@strategy-executor/client";
import { type Command, InvalidArgumentError, Option } from "commander";
import { UsageError } from "../../connection/failure.ts";
import { toWhole } from "../../input/arguments.ts";

export type When = Inputs["previewSchedule"]["when"];

/** The options that say when a schedule fires. */
export interface WhenOptions {
  readonly days?: NonNullable<When["days"]>;
  readonly offset?: number;
  readonly exchange?: NonNullable<When["exchange"]>;
  readonly at?: string;
  readonly afterClose?: number;
  readonly beforeClose?: number;
  readonly dayOffset?: number;
  readonly zone?: string;
  readonly cron?: string;
}

const minutes = toWhole(0, 1_440);

/** Adds the options that say when a schedule fires. */
export function withWhen(command: Command): Command {
  return command
    .addOption(new Option("--days <rule>", "sessions of the exchange that it fires on").choices(dayRules))
    .option("--offset <sessions>", "fires that many sessions later, or earlier if negative", toWhole(-10, 10))
    .addOption(new Option("--exchange <code>", "exchange whose sessions count").choices(exchanges))
    .addOption(
      new Option("--at <time>", "local time: 16:30").argParser(toTime).conflicts(["afterClose", "beforeClose"]),
    )
    .addOption(new Option("--after-close <minutes>", "that long after the close").argParser(minutes))
    .addOption(new Option("--before-close <minutes>", "that long before the close").argParser(minutes))
    .option("--day-offset <days>", "moves the time, not the session, by calendar days", toWhole(0, 3))
    .option("--zone <zone>", "time zone of the times: America/New_York")
    .option("--cron <fields>", "five cron fields, in place of --days");
}

/** The rule as the API takes it. @throws UsageError without `--days` and `--cron` */
export function toWhen(options: WhenOptions): When {
  const { days, cron, offset, exchange, zone, dayOffset } = options;
  if (days === undefined && cron === undefined) throw new UsageError("Say when: --days month_end, or --cron");
  return { days, cron, offset, exchange, time: timeOf(options), day_offset: dayOffset, time_zone: zone };
}

function timeOf({ at, afterClose, beforeClose }: WhenOptions): When["time"] {
  if (afterClose !== undefined && beforeClose !== undefined)
    throw new UsageError("--after-close does not go with --before-close");
  if (afterClose !== undefined) return { after_close: afterClose };
  return beforeClose === undefined ? at : { before_close: beforeClose };
}

function toTime(text: string): string {
  if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(text)) throw new InvalidArgumentError("Give a time such as 16:30.");
  return text;
}

const exchanges = ["XNYS", "XKRX", "weekdays"];

const dayRules = [
  "every_session",
  "week_end",
  "month_end",
  "quarter_end",
  "year_end",
  "week_start",
  "month_start",
  "quarter_start",
];
