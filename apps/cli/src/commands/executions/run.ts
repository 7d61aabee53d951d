import { randomUUID } from "node:crypto";
import { type Command, Option } from "commander";
import type { Connection, Session } from "../../connection/session.ts";
import { gather, toPositive, toWhole } from "../../input/arguments.ts";
import { readAssignments, readParametersFile } from "../../input/parameters.ts";
import { printCurve } from "../../terminal/curve.ts";
import { type Format, printJson } from "../../terminal/table.ts";
import { isScreen, print, type Terminal } from "../../terminal/terminal.ts";
import { withJson } from "../format-options.ts";
import { printResult, printState } from "./execution-text.ts";
import { ensureCompleted, follow } from "./follow.ts";
import { findStrategy, schemaOf } from "./strategy.ts";

export interface SubmissionOptions {
  readonly param?: readonly string[];
  readonly params?: string;
  readonly label?: string;
  readonly callback?: string;
  readonly format?: "json" | "slack" | "discord" | "telegram";
  readonly maxAttempts?: number;
  readonly priority?: "low" | "normal" | "high";
  readonly idempotencyKey?: string;
}

interface RunOptions extends SubmissionOptions {
  readonly timeLimit?: number;
  readonly wait: boolean;
  readonly json?: boolean;
}

/** `run NAME`: submits an execution and follows it. */
export function addRun(program: Command, session: Session): void {
  const command = program
    .command("run")
    .description("Runs a strategy: submits an execution, follows it and shows its result.")
    .argument("<strategy>", "its name in the catalogue: strategies ls");
  withJson(withSubmission(command))
    .option("--time-limit <seconds>", "longest time that it may compute", toPositive(2_147_483, "seconds"))
    .option("--no-wait", "print its number and do not follow it")
    .action((name: string, options: RunOptions) => run(session, name, options));
}

/** Options of every submission. */
export function withSubmission(command: Command): Command {
  return command
    .option("-p, --param <name=value>", "a parameter; repeat for several", gather)
    .option("--params <file>", "parameters as a JSON object, - for standard input; -p overrides them")
    .option("--label <text>", "a name for people, shown in lists")
    .option("--callback <address>", "address to which the result is sent at the end; mailto: for a mail")
    .addOption(
      new Option("--format <format>", "form of the callback's body").choices(["json", "slack", "discord", "telegram"]),
    )
    .option("--max-attempts <number>", "attempts to deliver the callback", toWhole(1, 20))
    .addOption(new Option("--priority <priority>", "what is more urgent runs first").choices(["low", "normal", "high"]))
    .option(
      "--idempotency-key <key>",
      "names this submission: sent again within 24 hours it makes no second execution",
    );
}

async function run({ terminal, connect }: Session, name: string, options: RunOptions): Promise<void> {
  const connection = await connect();
  const { client, call } = connection;
  const strategy = await findStrategy(connection, name);
  const parameters = {
    ...(options.params !== undefined && (await readParametersFile(options.params, terminal))),
    ...readAssignments(options.param ?? [], schemaOf(strategy)),
  };
  const { execution_id } = await client.procedures.executeStrategy.mutate(
    {
      strategy_name: strategy.name,
      parameters,
      ...submissionOf(options),
      time_limit_ms: options.timeLimit === undefined ? undefined : Math.ceil(options.timeLimit * 1000),
    },
    call(),
  );
  if (!options.wait) return print(terminal, String(execution_id));
  await followExecution(terminal, connection, execution_id, options);
}

/** Follows an execution to its end and shows its result. @throws EndedBadlyError when it has none */
export async function followExecution(
  terminal: Terminal,
  connection: Connection,
  execution_id: number,
  { json }: Pick<Format, "json">,
): Promise<void> {
  const { client, call } = connection;
  await follow(terminal, connection, execution_id);
  const execution = await client.executions.get(execution_id, call());
  if (json === true) {
    printJson(terminal, execution);
  } else {
    printState(terminal, execution);
    if (execution.result !== undefined) printResult(terminal, execution.result);
    if (execution.result !== undefined && isScreen(terminal)) {
      const { dates, equity } = await client.executions.series(execution_id, call());
      print(terminal, "");
      printCurve(terminal, { dates, values: equity });
    }
  }
  ensureCompleted(execution);
}

/** The fields of a submission that do not depend on its strategy. */
export function submissionOf({ label, callback, format, maxAttempts, priority, idempotencyKey }: SubmissionOptions) {
  return {
    label,
    callback_url: callback,
    callback_format: format,
    callback_max_attempts: maxAttempts,
    priority,
    // A retry after a lost response must not create a second execution.
    idempotency_key: idempotencyKey ?? randomUUID(),
  };
}
