import { spawn } from "node:child_process";
import { once } from "node:events";
import { type Config, ConfigError } from "./config.ts";

/**
 * Runs the server as a child of Node's watch mode, which restarts it when a file in the folder of strategies changes. Running executions
 * are requeued. Returns the exit code.
 * @throws ConfigError in production, and without a folder of strategies
 */
export async function runWatching({ mode, strategiesDir }: Config, main: string): Promise<number> {
  if (mode !== "development") throw new ConfigError("--watch is for development: MODE is production");
  if (strategiesDir === undefined)
    throw new ConfigError("--watch watches the folder of strategies: set STRATEGIES_DIR");
  const flags = [`--watch-path=${strategiesDir}`, "--watch-preserve-output", ...process.execArgv];
  const child = spawn(process.execPath, [...flags, main], { stdio: "inherit" });
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => child.kill(signal));
  const [code] = (await once(child, "exit")) as [number | null];
  return code ?? 1;
}
