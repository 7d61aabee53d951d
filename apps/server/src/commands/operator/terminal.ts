import { Command, CommanderError } from "commander";
import { type Config, readConfig } from "../../config.ts";

/** The environment and the outputs of a command-line tool. */
export interface Terminal {
  readonly environment: NodeJS.ProcessEnv;
  /** Standard output, for results. */
  readonly output: NodeJS.WritableStream;
  /** Standard error, for everything else. */
  readonly errors: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/**
 * Adds a tool's name and subcommands to a command. They write to the terminal and throw errors that are for the user.
 */
export type Tool = (command: Command, terminal: Terminal) => void;

/** The terminal of this process. */
export const processTerminal: Terminal = { environment: process.env, output: process.stdout, errors: process.stderr };

/** Runs a tool. Prints an error as one line. Returns the exit code. */
export async function runTool(tool: Tool, args: readonly string[], terminal: Terminal): Promise<number> {
  const command = new Command()
    .showHelpAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.output.write(text),
      writeErr: (text) => terminal.errors.write(text),
    });
  for (const stream of [terminal.output, terminal.errors]) stream.on("error", endOnClosedPipe);
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

/** The reader of a pipe may close it early, as `head` does. */
function endOnClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
}

/** Opens a tool's store for the duration of one action. */
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

/** The message of an error as a user sees it. A failed query shows its reason only. */
function oneLine(error: unknown): string {
  if (error instanceof AggregateError) return oneLine(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  if ("query" in error && error.cause !== undefined) return oneLine(error.cause);
  return error.message.split("\n", 1)[0]!;
}
