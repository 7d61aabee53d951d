import type * as serverTools from "@strategy-executor/server/tools";
import { Command } from "commander";
import { checkout } from "../connection/checkout.ts";
import { UsageError } from "../connection/failure.ts";
import type { Session } from "../connection/session.ts";

interface ToolCommand {
  readonly tool: keyof typeof serverTools;
  readonly name: string;
  readonly description: string;
  /** Arguments before those of the user. */
  readonly before: readonly string[];
  /** The command that does the same through the API. */
  readonly instead?: string;
}

/**
 * Adds a command that is a tool of the server and opens its database. Such tools are loaded only when they run, and read their arguments
 * themselves. They refuse a named service, because its database is another one, and are missing where the command is installed
 * without the server.
 */
export function addTool(parent: Command, session: Session, options: ToolCommand): void {
  parent
    .command(options.name)
    .description(options.description)
    .argument("[arguments...]", "`--help` lists them")
    .helpOption(false)
    .allowUnknownOption()
    .action((args: readonly string[]) => runTool(session, options, args));
}

async function runTool(
  { terminal, target }: Session,
  { tool, name, before, instead }: ToolCommand,
  args: readonly string[],
): Promise<void> {
  const through = instead === undefined ? "" : `, or use: strategy-executor ${instead}`;
  if (checkout === null) throw new UsageError(`${name} needs a checkout of the service, or its image${through}`);
  const { url, chosen } = await target();
  if (chosen)
    throw new UsageError(`${name} opens the database of this checkout: leave the address ${url} out${through}`);
  const tools = await import("@strategy-executor/server/tools");
  const command = new Command().exitOverride().configureOutput({
    writeOut: (text) => terminal.output.write(text),
    writeErr: (text) => terminal.errors.write(text),
  });
  tools[tool](command, terminal);
  await command.parseAsync([...before, ...args], { from: "user" });
}
