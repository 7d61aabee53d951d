import type { Command } from "commander";
import { findContext, readContexts, writeContexts } from "../../connection/contexts.ts";
import type { Session } from "../../connection/session.ts";
import { type Column, type Format, printRows } from "../../terminal/table.ts";
import { print, type Terminal } from "../../terminal/terminal.ts";
import { withFormats } from "../format-options.ts";

interface Row {
  readonly name: string;
  readonly url: string;
  readonly key: string;
  readonly current: boolean;
}

/** `context`: the services that the user has logged in to. */
export function addContext(program: Command, { terminal }: Session): void {
  const context = program
    .command("context")
    .description("Lists the services that you have logged in to and chooses between them.");
  withFormats(context.command("ls"))
    .description("Lists the services, with the first characters of their keys.")
    .action((options: Format) => list(terminal, options));
  context
    .command("use")
    .description("Uses this service from now on.")
    .argument("<name>", "its name")
    .action((name: string) => use(terminal, name));
  context
    .command("rm")
    .description("Removes a service and its key.")
    .argument("<name>", "its name")
    .action((name: string) => remove(terminal, name));
}

async function list(terminal: Terminal, options: Format): Promise<void> {
  const { current, contexts } = await readContexts(terminal.environment);
  const rows = Object.entries(contexts).map(([name, { url, api_key }]): Row => ({
    name,
    url,
    key: api_key === undefined ? "none" : `${api_key.slice(0, 11)}…`,
    current: name === current,
  }));
  printRows(terminal, options, { answer: { contexts: rows }, columns, rows });
}

async function use(terminal: Terminal, name: string): Promise<void> {
  const stored = await readContexts(terminal.environment);
  const { url } = findContext(stored, name);
  await writeContexts(terminal.environment, { ...stored, current: name });
  print(terminal, `Using ${name} at ${url}`);
}

async function remove(terminal: Terminal, name: string): Promise<void> {
  const stored = await readContexts(terminal.environment);
  findContext(stored, name);
  const contexts = Object.fromEntries(Object.entries(stored.contexts).filter(([other]) => other !== name));
  await writeContexts(terminal.environment, { current: stored.current === name ? null : stored.current, contexts });
  print(terminal, `Forgot ${name}`);
}

const columns: readonly Column<Row>[] = [
  { head: "name", value: ({ name }) => name },
  { head: "url", value: ({ url }) => url },
  { head: "key", value: ({ key }) => key },
  { head: "current", value: ({ current }) => current },
];
