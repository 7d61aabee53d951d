import type { Outputs } from "@strategy-executor/client";
import type { Command } from "commander";
import type { Session } from "../connection/session.ts";
import { type Column, type Format, printJson, printRows } from "../terminal/table.ts";
import { print, type Terminal } from "../terminal/terminal.ts";
import { printPairs } from "./executions/execution-text.ts";
import { findStrategy } from "./executions/strategy.ts";
import { withFormats, withJson } from "./format-options.ts";
import { addTool } from "./tool.ts";

type Strategy = Outputs["getStrategy"];

interface Parameter {
  readonly name: string;
  readonly type: string;
  readonly default: string | undefined;
  readonly description: string | undefined;
}

/** `strategies`: the catalogue. */
export function addStrategies(program: Command, session: Session): void {
  const strategies = program.command("strategies").description("Shows the strategies of the service.");
  withFormats(strategies.command("ls"))
    .description("Lists the strategies of the service.")
    .action((options: Format) => list(session, options));
  withJson(strategies.command("show"))
    .description("Shows a strategy and its parameters.")
    .argument("<name>", "its name")
    .action((name: string, options: Format) => show(session, name, options));
  addTool(strategies, session, {
    tool: "strategies",
    name: "check",
    description: "Loads every strategy of a folder and runs it once, without a server.",
    before: ["check"],
  });
}

async function list({ terminal, connect }: Session, options: Format): Promise<void> {
  const { client, call } = await connect();
  const answer = await client.procedures.listStrategies.query({}, call());
  printRows(terminal, options, { answer, columns, rows: answer.strategies });
}

async function show({ terminal, connect }: Session, name: string, { json }: Format): Promise<void> {
  const strategy = await findStrategy(await connect(), name);
  if (json === true) return printJson(terminal, strategy);
  printPairs(terminal, [
    ["name", strategy.name],
    ["version", strategy.version],
    ["description", strategy.description],
    ["source", strategy.source],
    ["variants", strategy.variants.join(" ")],
  ]);
  printParameters(terminal, strategy);
}

function printParameters(terminal: Terminal, { parameters }: Strategy): void {
  const { properties = {} } = parameters as { properties?: Record<string, Record<string, unknown>> };
  const rows = Object.entries(properties).map(([name, schema]): Parameter => ({
    name,
    type: typeOf(schema),
    default: schema["default"] === undefined ? undefined : JSON.stringify(schema["default"]),
    description: typeof schema["description"] === "string" ? schema["description"] : undefined,
  }));
  print(terminal, "");
  printRows(terminal, {}, { answer: null, columns: parameterColumns, rows });
}

function typeOf({ type, enum: choices, anyOf }: Record<string, unknown>): string {
  if (Array.isArray(choices)) return "choice";
  if (typeof type === "string") return type;
  return Array.isArray(anyOf) ? anyOf.map((one: Record<string, unknown>) => typeOf(one)).join(" or ") : "any";
}

const columns: readonly Column<Strategy>[] = [
  { head: "name", value: ({ name }) => name },
  { head: "version", value: ({ version }) => version },
  { head: "variants", value: ({ variants }) => variants.join(" ") },
  { head: "description", value: ({ description }) => description },
];

const parameterColumns: readonly Column<Parameter>[] = [
  { head: "parameter", value: ({ name }) => name },
  { head: "type", value: ({ type }) => type },
  { head: "default", value: (row) => row.default },
  { head: "description", value: ({ description }) => description },
];
