import { type Command, Option } from "commander";
import { UsageError } from "../../connection/failure.ts";
import type { Session } from "../../connection/session.ts";
import { gather, toWhole } from "../../input/arguments.ts";
import { readAssignments, readParametersFile } from "../../input/parameters.ts";
import { type Format, printJson } from "../../terminal/table.ts";
import { remark } from "../../terminal/terminal.ts";
import type { SubmissionOptions } from "../executions/run.ts";
import { findStrategy, schemaOf } from "../executions/strategy.ts";
import { withJson } from "../format-options.ts";
import { printSchedule } from "./schedule-text.ts";
import { toWhen, type WhenOptions, withWhen } from "./when-options.ts";

interface CreateOptions
  extends
    Format,
    WhenOptions,
    Pick<SubmissionOptions, "param" | "params" | "label" | "callback" | "format" | "maxAttempts"> {
  readonly strategy: string;
}

/** `schedule create NAME`: creates a schedule. */
export function addCreate(schedule: Command, session: Session): void {
  const command = schedule
    .command("create")
    .description("Creates a schedule, which makes an execution each time its rule fires.")
    .argument("<name>", "its name, unique for you")
    .requiredOption("--strategy <name>", "strategy that it runs")
    .option("-p, --param <name=value>", "a parameter; repeat for several", gather)
    .option("--params <file>", "parameters as a JSON object, - for standard input; -p overrides them")
    .option("--label <text>", "label of every execution")
    .option("--callback <address>", "address to which results are POSTed when the decision has changed")
    .addOption(
      new Option("--format <format>", "form of the callback's body").choices(["json", "slack", "discord", "telegram"]),
    )
    .option("--max-attempts <number>", "attempts to deliver the callback", toWhole(1, 20));
  withJson(withWhen(command)).action((name: string, options: CreateOptions) => create(session, name, options));
}

async function create({ terminal, connect }: Session, name: string, options: CreateOptions): Promise<void> {
  const when = toWhen(options);
  const connection = await connect();
  const { client, call } = connection;
  const strategy = await findStrategy(connection, options.strategy);
  const parameters = {
    ...(options.params !== undefined && (await readParametersFile(options.params, terminal))),
    ...readAssignments(options.param ?? [], schemaOf(strategy)),
  };
  const { callback: url, format, maxAttempts: max_attempts } = options;
  if (url === undefined && (format !== undefined || max_attempts !== undefined)) {
    throw new UsageError("--format and --max-attempts are about a callback: give --callback too");
  }
  const callback = url === undefined ? undefined : { url, format, max_attempts };
  const input = { name, strategy_name: strategy.name, parameters, label: options.label, when, callback };
  const created = await client.procedures.createSchedule.mutate(input, call());
  if (options.json === true) printJson(terminal, created);
  else printSchedule(terminal, created);
  for (const warning of created.warnings) remark(terminal, `warning: ${warning}`);
}
