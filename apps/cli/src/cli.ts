import { Command } from "commander";
import { exitCodes, toFailure } from "./connection/failure.ts";
import { createSession, type Session } from "./connection/session.ts";
import { toUrl } from "./input/arguments.ts";
import { addCommands } from "./program.ts";
import { remark, type Terminal } from "./terminal/terminal.ts";

/** Runs the command line. Errors go to the error output. Returns the exit code. */
export async function runCli(args: readonly string[], terminal: Terminal): Promise<number> {
  const session = createSession(terminal, () => program.opts());
  const program = createProgram(terminal, session);
  try {
    await program.parseAsync(args, { from: "user" });
    return exitCodes.done;
  } catch (error) {
    if (terminal.signal.aborted) return exitCodes.interrupted;
    const { code, message } = toFailure(error, session.address());
    if (message !== null) remark(terminal, `error: ${message}`);
    return code;
  }
}

function createProgram(terminal: Terminal, session: Session): Command {
  const program = new Command("strategy-executor")
    .description("Runs strategies, follows executions and manages the service.")
    .option(
      "--url <address>",
      "address of the service; STRATEGY_EXECUTOR_URL, then the context in use, then http://localhost:8000",
      toUrl,
    )
    .option("--context <name>", "a service that you have logged in to, other than the one in use")
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
    .showHelpAfterError("(--help says more)")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.output.write(text),
      writeErr: (text) => terminal.errors.write(text),
    });
  addCommands(program, session);
  return program;
}
