import type { ConnectOptions } from "@strategy-executor/db";
import { readConfig } from "../config.ts";
import { createLog } from "../observability/log.ts";
import { type RunningServer, startServer } from "../server.ts";
import { databaseEnvironment, testStrategiesDir } from "./server-process.ts";

/** Starts the server within the test's process, without a log, on a free port. */
export function startTestServer(
  database: ConnectOptions,
  environment: Record<string, string> = {},
): Promise<RunningServer & { readonly address: string }> {
  const config = readConfig({
    ...databaseEnvironment(database),
    PORT: "0",
    COMPUTE_THREADS: "1",
    STRATEGIES_DIR: testStrategiesDir,
    ...environment,
  });
  return startServer(config, createLog("silent")) as Promise<RunningServer & { readonly address: string }>;
}
