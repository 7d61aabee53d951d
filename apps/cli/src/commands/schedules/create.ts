import type { Command } from "commander";
import type { Session } from "../../connection/session.ts";
import { gather } from "../../input/arguments.ts";
import { readAssignments, readParametersFile } from "../../input/parameters.ts";
import { type Format, printJson } from "../../terminal/table.ts";
import { findStrategy, schemaOf } from "../executions/strategy.ts";
import { withJson } from "../format-options.ts";
import { printSchedule } from "./schedule-text.ts";
import { toWhen, type WhenOptions, withWhen } from "./when-options.ts";

interface CreateOptions extends Format, WhenOptions {
  readonly strategy: string;
  readonly param?: readonly string[];
  readonly params?: string;
  readonly label?: string;
  readonly callback?: string;
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
    .option("--callback <address>", "address to which results are POSTed when the decision has changed");
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
  const callback = options.callback === undefined ? undefined : { url: options.callback };
  const input = { name, strategy_name: strategy.name, parameters, label: options.label, when, callback };
  const created = await client.procedures.createSchedule.mutate(input, call());
  if (options.json === true) printJson(terminal, created);
  else printSchedule(terminal, created);
}
