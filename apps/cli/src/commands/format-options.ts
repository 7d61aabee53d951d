import type { Command } from "commander";

/** Lets a command write the API's answer as JSON. */
export function withJson(command: Command): Command {
  return command.option("--json", "the answer of the API, unchanged");
}

/** The same for a command that shows a table. */
export function withFormats(command: Command): Command {
  return withJson(command).option("--csv", "comma-separated values");
}
