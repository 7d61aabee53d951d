import { Command, CommanderError } from "commander";
import { type Config, readConfig } from "../../config.ts";

/** What a command-line tool is run with, and where it writes. */
export interface Terminal {
  readonly environment: NodeJS.ProcessEnv;
  /** For results. */
  readonly output: NodeJS.WritableStream;
  /** For everything else. */
  readonly errors: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/** Gives a command its name and its subcommands, which write to the terminal and throw what is to be told. */
export type Tool = (command: Command, terminal: Terminal) => void;

/** That of this process. */
export const processTerminal: Terminal = { environment: process.env, output: process.stdout, errors: process.stderr };

/** Runs a tool. Whatever goes wrong is told on the error output, in one line. Returns the exit code. */
export async function runTool(tool: Tool, args: readonly string[], terminal: Terminal): Promise<number> {
  const command = new Command()
    .showHelpAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.output.write(text),
      writeErr: (text) => terminal.errors.write(text),
    });
  tool(command, terminal);
  try {
    await command.parseAsync(args, { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    writeLine(terminal.errors, oneLine(error));
    return 1;
  }
}

/** Opens a tool's store for one action. */
export async function withStore<Store extends AsyncDisposable>(
  open: (config: Config) => Promise<Store>,
  terminal: Terminal,
  action: (store: Store, terminal: Terminal) => Promise<void>,
): Promise<void> {
  await using store = await open(readConfig(terminal.environment));
  await action(store, terminal);
}

export function writeLine(stream: NodeJS.WritableStream, line: string): void {
  stream.write(`${line}\n`);
}

/** What a person at a command line is told of an error. Of a failed query only the reason is for them. */
function oneLine(error: unknown): string {
  if (error instanceof AggregateError) return oneLine(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  if ("query" in error && error.cause !== undefined) return oneLine(error.cause);
  return error.message.split("\n", 1)[0]!;
}
