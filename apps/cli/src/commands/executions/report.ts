import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Command, Option } from "commander";
import { UsageError } from "../../connection/failure.ts";
import type { Connection, Session } from "../../connection/session.ts";
import { toExecutionId, toNumber } from "../../input/arguments.ts";
import { isScreen, print } from "../../terminal/terminal.ts";
import { withJson } from "../format-options.ts";

interface ReportOptions {
  readonly output?: string;
  readonly benchmark?: string;
  readonly riskFree?: number;
  readonly language?: string;
  readonly crises?: string;
  readonly json?: boolean;
}

/** `report ID`: the report of an execution, as a page or as JSON. */
export function addReport(program: Command, session: Session): void {
  withJson(program.command("report"))
    .description(
      "Writes the report of a completed execution: one page of HTML to read and print, or its figures as JSON.",
    )
    .argument("<id>", "number of a completed execution", toExecutionId)
    .option("-o, --output <file>", "writes it to this file")
    .option("--benchmark <ticker>", "compares with a ticker, or with execution:ID")
    .option("--risk-free <return>", "risk-free return of a year: 0.02", toNumber)
    .option("--crises <periods>", "more periods: 2020-02-19/2020-03-23, several separated by commas")
    .addOption(new Option("--language <language>", "language of the page").choices(["en", "ko"]))
    .action((id: number, options: ReportOptions) => report(session, id, options));
}

async function report({ terminal, connect }: Session, id: number, options: ReportOptions): Promise<void> {
  const { output, json } = options;
  if (json !== true && output === undefined && isScreen(terminal))
    throw new UsageError("The report is a page of HTML: -o FILE writes it to a file, --json prints its figures");
  const connection = await connect();
  const content =
    json === true ? Readable.from(jsonReport(connection, id, options)) : await htmlReport(connection, id, options);
  if (output === undefined) return pipeline(content, terminal.output, { end: false });
  await pipeline(content, createWriteStream(output)).catch((error: NodeJS.ErrnoException) => {
    if (error.path === undefined) throw error;
    throw new UsageError(`${output} cannot be written: ${error.message}`);
  });
  print(terminal, `Report of execution ${id} written to ${output}`);
}

async function* jsonReport({ client, call }: Connection, execution_id: number, options: ReportOptions) {
  const { benchmark, riskFree: risk_free, crises } = options;
  const answer = await client.procedures.getReport.query({ execution_id, benchmark, risk_free, crises }, call());
  yield `${JSON.stringify(answer, null, 2)}\n`;
}

async function htmlReport({ ask }: Connection, id: number, options: ReportOptions): Promise<Readable> {
  const { benchmark, riskFree, crises, language } = options;
  const query = new URLSearchParams({ format: "html" });
  for (const [name, value] of Object.entries({ benchmark, risk_free: riskFree, crises, language })) {
    if (value !== undefined) query.set(name, String(value));
  }
  const { body } = await ask(`/executions/${id}/report/?${query}`);
  return body === null ? Readable.from([]) : Readable.fromWeb(body);
}
