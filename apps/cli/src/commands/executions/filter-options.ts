import type { Inputs } from "@strategy-executor/client";
import { type Command, InvalidArgumentError, Option } from "commander";
import { toInstant, toWhole } from "../../input/arguments.ts";
import { didYouMean } from "../../input/suggest.ts";

/** The options that select executions, in lists and for what changes many. */
export interface FilterOptions {
  readonly strategy?: string;
  readonly label?: string;
  readonly schedule?: number;
  readonly kind?: "execution" | "sweep";
  readonly since?: string;
  readonly until?: string;
}

type Filter = Pick<Inputs["listExecutions"], "strategy" | "label" | "schedule_id" | "kind" | "since" | "until">;

/** Adds the options that select executions. */
export function withFilter(command: Command): Command {
  return command
    .option("--strategy <name>", "only those of this strategy")
    .option("--label <text>", "only executions whose label begins with this")
    .option("--schedule <id>", "only those of this schedule", toWhole(1, Number.MAX_SAFE_INTEGER))
    .addOption(new Option("--kind <kind>", "only sweeps, or only those that are none").choices(["execution", "sweep"]))
    .option("--since <instant>", "only executions accepted at this time or later; 24h means 24 hours ago", toInstant)
    .option("--until <instant>", "only executions accepted before this time", toInstant);
}

/** An option for one state of an execution, or several separated by commas. */
export function statusOption(description: string, known: readonly string[]): Option {
  return new Option("--status <status>", description).choices([...known]).argParser((text) => {
    const unknown = text.split(",").find((status) => !known.includes(status));
    if (unknown === undefined) return text;
    throw new InvalidArgumentError(
      `Give ${known.join(", ")}, or several separated by commas.${didYouMean(unknown, known)}`,
    );
  });
}

/** The fields of the API. Options that are not given are left out. */
export function toFilter({ strategy, label, schedule, kind, since, until }: FilterOptions): Filter {
  const filter = { strategy, label, schedule_id: schedule, kind, since, until };
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}
