import type { Sweep } from "@strategy-executor/client";
import { type Command, Option } from "commander";
import type { Connection, Session } from "../../connection/session.ts";
import { readAxes } from "../../input/axes.ts";
import { gather, toWhole } from "../../input/arguments.ts";
import { readAssignments, readParametersFile } from "../../input/parameters.ts";
import { UsageError } from "../../connection/failure.ts";
import { type Format, printJson } from "../../terminal/table.ts";
import { print, type Terminal } from "../../terminal/terminal.ts";
import { ensureCompleted, follow } from "../executions/follow.ts";
import { type SubmissionOptions, submissionOf, withSubmission } from "../executions/run.ts";
import { findStrategy, schemaOf } from "../executions/strategy.ts";
import { withJson } from "../format-options.ts";
import { printSweep } from "./sweep-text.ts";

interface SweepOptions extends SubmissionOptions {
  readonly axis?: readonly string[];
  readonly sample?: number;
  readonly seed: number;
  readonly objective?: Sweep["objective"];
  readonly best?: number;
  readonly train?: number;
  readonly test?: number;
  readonly step?: number;
  readonly heatMap?: readonly [string, string];
  readonly wait: boolean;
  readonly json?: boolean;
}

const objectives = ["sharpe", "cagr", "return", "max_drawdown", "calmar"] as const;

/** `sweep NAME`: runs a strategy over a grid of parameters and follows it. */
export function describeSweep(command: Command, session: Session): void {
  const days = toWhole(1, 100_000);
  command
    .description("Runs a strategy over a grid of parameters, follows it and shows the best combinations.")
    .argument("<strategy>", "its name in the catalogue: strategies ls")
    .option(
      "--axis <name=values>",
      "what varies: short_window=5..100:5 or variant=BAA-G4,BAA-G12; several times",
      gather,
    )
    .option("--sample <number>", "number of random combinations, instead of all", toWhole(1, 1_000_000))
    .option("--seed <number>", "seed of the random sample", toWhole(-(2 ** 31), 2 ** 31), 1)
    .addOption(new Option("--objective <metric>", "what the best are best by").choices([...objectives]))
    .option("--best <number>", "number of best combinations to report", toWhole(1, 100))
    .option("--train <days>", "walk-forward: trading days on which the best combination is chosen", days)
    .option("--test <days>", "walk-forward: trading days after the training, on which it is evaluated", days)
    .option("--step <days>", "walk-forward: trading days from window to window; as --test by default", days)
    .option("--heat-map <x,y>", "the two parameters of the heat map", toPair);
  withJson(withSubmission(command))
    .option("--no-wait", "print its number and do not follow it")
    .action((name: string, options: SweepOptions) => sweep(session, name, options));
}

async function sweep({ terminal, connect }: Session, name: string, options: SweepOptions): Promise<void> {
  const connection = await connect();
  const { client, call } = connection;
  const strategy = await findStrategy(connection, name);
  const schema = schemaOf(strategy);
  const parameters = {
    ...(options.params !== undefined && (await readParametersFile(options.params, terminal))),
    ...readAssignments(options.param ?? [], schema),
  };
  const { execution_id } = await client.procedures.submitSweep.mutate(
    {
      strategy_name: strategy.name,
      parameters,
      grid: {
        axes: readAxes(options.axis ?? [], schema),
        ...(options.sample !== undefined && { sample: { count: options.sample, seed: options.seed } }),
      },
      objective: options.objective,
      best: options.best,
      walk_forward: walkForwardOf(options),
      heat_map: options.heatMap === undefined ? undefined : [...options.heatMap],
      ...submissionOf(options),
    },
    call(),
  );
  if (!options.wait) return print(terminal, String(execution_id));
  await followSweep(terminal, connection, execution_id, options);
}

/** Follows a sweep to its end and shows its best combinations. @throws EndedBadlyError when it has none */
export async function followSweep(
  terminal: Terminal,
  connection: Connection,
  execution_id: number,
  { json }: Pick<Format, "json">,
): Promise<void> {
  await follow(terminal, connection, execution_id);
  const done = await getSweep(connection, execution_id);
  if (json === true) printJson(terminal, done);
  else printSweep(terminal, done);
  ensureCompleted(done);
}

export function getSweep({ client, call }: Connection, execution_id: number): Promise<Sweep> {
  return client.procedures.getSweep.query({ execution_id }, call());
}

/** @throws UsageError when one of the two lengths is missing */
function walkForwardOf({ train, test, step }: SweepOptions) {
  if (train === undefined && test === undefined && step === undefined) return undefined;
  if (train === undefined || test === undefined) throw new UsageError("A walk-forward needs both --train and --test");
  return { train, test, ...(step !== undefined && { step }) };
}

function toPair(text: string): readonly [string, string] {
  const [x, y, more] = text.split(",");
  if (x === undefined || y === undefined || more !== undefined)
    throw new UsageError("Give --heat-map two parameters: x,y");
  return [x, y];
}
