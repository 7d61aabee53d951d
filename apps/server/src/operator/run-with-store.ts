import { type Config, readConfig } from "../config.ts";
import { oneLine } from "./one-line.ts";

/** Opens a command-line tool's store for one action. Whatever goes wrong is one line on the error output and exit code 1. */
export async function runWithStore<Store extends AsyncDisposable>(
  open: (config: Config) => Promise<Store>,
  action: (store: Store) => Promise<void>,
): Promise<void> {
  try {
    await using store = await open(readConfig(process.env));
    await action(store);
  } catch (error) {
    process.stderr.write(`${oneLine(error)}\n`);
    process.exitCode = 1;
  }
}
