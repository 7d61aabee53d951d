import type { ConnectOptions } from "@strategy-executor/db";
import { readConfig } from "../config.ts";
import { createLog } from "../observability/log.ts";
import { type RunningServer, startServer } from "../server.ts";
import { databaseEnvironment, testStrategiesDir } from "./server-process.ts";

interface TestServer extends RunningServer {
  readonly address: string;
  /** All lines it has logged. */
  readonly lines: readonly string[];
}

/** The setting of a server that is to run nothing. The embedded database has one process only, which runs everything. */
export function apiOnly({ databaseUrl }: ConnectOptions): Record<string, string> {
  return databaseUrl === undefined ? {} : { ROLE: "api" };
}

/** Starts the server within the test's process on a free port. */
export async function startTestServer(
  database: ConnectOptions,
  environment: Record<string, string> = {},
): Promise<TestServer> {
  const config = readConfig({
    ...databaseEnvironment(database),
    PORT: "0",
    COMPUTE_THREADS: "1",
    STRATEGIES_DIR: testStrategiesDir,
    ...environment,
  });
  const lines: string[] = [];
  const server = await startServer(config, createLog(config.logLevel, { write: (line) => void lines.push(line) }));
  // Only a worker has no address.
  return { ...server, address: server.address!, lines };
}
